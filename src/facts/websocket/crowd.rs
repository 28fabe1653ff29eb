//! Sockets that were held at once.

use super::{Admission, Tried};
use crate::evidence::{Evidence, Frame, SocketTrial};
use crate::model::{Echo, Pointer, SocketAsk};
use crate::wire::echo;
use crate::wire::websocket::Opcode;

/// Several legitimate clients at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Crowd {
    /// How many there were to be.
    pub size: usize,
    /// Those that did not open or did not stay, and why.
    pub lost: Vec<Lost>,
    /// Those that stayed and did not get the declared message; `None` when none was sent to others.
    pub unheard: Option<Vec<Pointer>>,
}

/// A socket that was not held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// In the evidence.
    pub at: Pointer,
    /// In words.
    pub why: String,
}

/// Reads those that were held; `None` when that was not tried.
pub(super) fn read(evidence: &Evidence, trials: &[Tried]) -> Option<Crowd> {
    let held: Vec<(&Tried, &SocketTrial)> = trials
        .iter()
        .filter(|tried| tried.ask == SocketAsk::Held)
        .filter_map(|tried| Some((tried, super::trial_of(evidence, tried)?)))
        .collect();
    // Fewer than were to be held say nothing of as many.
    if held.is_empty() || held.iter().any(|(_, trial)| super::is_left_out(trial)) {
        return None;
    }
    let lost = held.iter().filter_map(|(tried, _)| lost(tried)).collect();
    let declared = evidence.target.websocket.as_ref()?.broadcast.as_ref();
    Some(Crowd {
        size: held.len(),
        lost,
        unheard: declared.and_then(|declared| unheard(&held, declared)),
    })
}

fn lost(tried: &Tried) -> Option<Lost> {
    Some(Lost {
        at: tried.at.clone(),
        why: tried.admission().failure()?,
    })
}

/// Who spoke need not hear itself.
fn unheard(held: &[(&Tried, &SocketTrial)], declared: &Echo) -> Option<Vec<Pointer>> {
    let stayed: Vec<&(&Tried, &SocketTrial)> = held
        .iter()
        .filter(|(tried, _)| matches!(tried.admission(), Admission::Admitted(_)))
        .collect();
    let says = |frames: &[Frame]| frames.iter().any(|frame| !frame.received && is_data(frame));
    let speaker = stayed.iter().position(|(_, trial)| says(&trial.frames))?;
    let mut others = stayed.iter().enumerate();
    let others: Vec<_> = others
        .by_ref()
        .filter(|(place, _)| *place != speaker)
        .map(|(_, other)| other)
        .collect();
    let heard = |trial: &SocketTrial| {
        let got = trial
            .frames
            .iter()
            .filter(|frame| frame.received && is_data(frame));
        got.map(|frame| echo::miss(&frame.payload.bytes.0, declared))
            .any(|miss| miss.is_none())
    };
    let deaf = others.iter().filter(|(_, trial)| !heard(trial));
    (!others.is_empty()).then(|| deaf.map(|(tried, _)| tried.at.clone()).collect())
}

fn is_data(frame: &Frame) -> bool {
    matches!(Opcode(frame.first & 0xf), Opcode::TEXT | Opcode::BINARY)
}
