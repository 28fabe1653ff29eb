//! The certificate a server presents for its name, what it sends along, and what is wrong with it.

use super::staple::Staple;
use crate::model::{Pointer, Timestamp, Untrusted};
use crate::wire::x509::{
    Certificate, Chain, Hash, Key, Malformed, Mismatch, Sct, SignatureAlgorithm, Trust,
};

/// One certificate, everything about it, as of the moment it was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct CertificateFacts {
    /// The leaf; nothing of it is known when it could not be read.
    pub leaf: Option<Certificate>,
    /// Why it is no certificate, if so.
    pub malformed: Option<String>,
    /// One of its alternative names is the host.
    pub names_host: bool,
    /// Why not, where there is more to say than that none is.
    pub mismatch: Option<Mismatch>,
    /// Whole days until it ends, rounded down; negative once it has.
    pub days_left: Option<i64>,
    /// Whole days of its life, rounded up.
    pub lifetime_days: Option<u64>,
    /// What was sent, in order, leaf first.
    pub chain: Vec<Link>,
    /// Whether it leads to a trust anchor.
    pub trust: Trust,
    /// The stapled response.
    pub staple: Staple,
    /// Everything wrong with it, by name; each is explained by a rule.
    pub faults: Vec<&'static str>,
    /// Where it was seen: `handshake`, the names of hellos, addresses.
    pub seen_in: Vec<String>,
    /// Into the evidence: the chain.
    pub at: Pointer,
    /// The chain, read.
    pub sent: Chain,
    /// When it was seen.
    pub seen_at: Timestamp,
    /// Trust was left aside at the user's word.
    pub insecure: bool,
    /// The least whole days left that the user asks for.
    pub days_wanted: Option<u32>,
    /// The host it was presented for.
    pub host: String,
}

/// One certificate of a chain, in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What it is there for.
    pub role: Role,
    /// Its subject.
    pub subject: Untrusted,
    /// What a person would call it.
    pub name: Untrusted,
    /// Its issuer.
    pub issuer: Untrusted,
    /// Its key.
    pub key: Option<Key>,
    /// How it was signed.
    pub signature: Option<SignatureAlgorithm>,
    /// The first second of its life.
    pub not_before: Option<Timestamp>,
    /// The last second of its life.
    pub not_after: Option<Timestamp>,
    /// Embedded signed certificate timestamps.
    pub scts: usize,
}

/// What a certificate is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The server's own.
    Leaf,
    /// On the way to an anchor.
    Intermediate,
    /// Self-signed, above the leaf.
    Root,
    /// Sent before already.
    Duplicate,
    /// On no way from the leaf.
    Unrelated,
    /// No certificate at all.
    Malformed,
}

impl CertificateFacts {
    /// The place of a certificate of this chain in the evidence.
    #[must_use]
    pub fn place(&self, index: usize) -> Pointer {
        self.at.join(index)
    }

    /// The certificates that clients pass on the way up, with their places: the way to the anchor,
    /// or as far as there is one. Anchors that were sent are left out: nobody asks anything of
    /// them.
    pub fn on_the_way(&self) -> impl Iterator<Item = (usize, &Certificate)> {
        let places = self.trust.path.iter().copied();
        let read = places.filter_map(|place| Some((place, self.sent.certificate(place)?)));
        read.filter(|(place, certificate)| *place == 0 || !certificate.is_self_signed())
    }

    /// The leaf has the structure of a certificate, and this program could not read it.
    #[must_use]
    pub fn is_beyond_us(&self) -> bool {
        let first = self.sent.sent.first();
        first.is_some_and(|sent| sent.read == Err(Malformed::BeyondUs))
    }

    /// Those whose last second has passed.
    #[must_use]
    pub fn expired(&self) -> Vec<(usize, &Certificate)> {
        let now = self.seen_at.secs();
        self.on_the_way()
            .filter(|(_, read)| now > read.not_after.secs())
            .collect()
    }

    /// Those whose first second has not come.
    #[must_use]
    pub fn not_yet_valid(&self) -> Vec<(usize, &Certificate)> {
        let now = self.seen_at.secs();
        self.on_the_way()
            .filter(|(_, read)| now < read.not_before.secs())
            .collect()
    }

    /// Keys weaker than RSA with 2048 bits.
    #[must_use]
    pub fn weak_keys(&self) -> Vec<(usize, &Certificate)> {
        let weak = |read: &Certificate| read.key.rsa_equivalent().is_some_and(|bits| bits < 2048);
        self.on_the_way().filter(|(_, read)| weak(read)).collect()
    }

    /// Signed by way of SHA-1, MD5 or older.
    #[must_use]
    pub fn weak_signatures(&self) -> Vec<(usize, &Certificate)> {
        self.on_the_way()
            .filter(|(_, read)| read.signature.hash <= Hash::Sha1)
            .collect()
    }

    /// Seconds until it ends; negative once it has.
    #[must_use]
    pub fn seconds_left(&self) -> Option<i64> {
        let leaf = self.leaf.as_ref()?;
        Some(leaf.not_after.secs().saturating_sub(self.seen_at.secs()))
    }

    /// Time left and the length of its life: in days, or in hours where it lives for less than
    /// four days.
    #[must_use]
    pub fn left_of_life(&self) -> Option<(i64, i64, &'static str)> {
        const HOUR: i64 = 3600;
        let life = i64::try_from(self.leaf.as_ref()?.lifetime_seconds()).ok()?;
        let left = self.seconds_left()?;
        if life > 96 * HOUR {
            return Some((
                self.days_left?,
                i64::try_from(self.lifetime_days?).ok()?,
                "days",
            ));
        }
        // The last second is part of a life, so that 24 hours may have one more.
        Some((left.div_euclid(HOUR), (life + HOUR / 2) / HOUR, "hours"))
    }

    /// The share of its life that is left, 0 to 1; `None` outside of its dates.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "a share is shown in whole per cent"
    )]
    pub fn share_left(&self) -> Option<f64> {
        let leaf = self
            .leaf
            .as_ref()
            .filter(|leaf| leaf.is_valid_at(self.seen_at))?;
        let left = leaf.not_after.secs().saturating_sub(self.seen_at.secs());
        Some(left as f64 / leaf.lifetime_seconds().max(1) as f64)
    }

    /// Timestamps of different logs.
    #[must_use]
    pub fn logs(&self) -> usize {
        let mut logs: Vec<&str> = self.scts().iter().map(|sct| sct.log.as_str()).collect();
        logs.sort_unstable();
        logs.dedup();
        logs.len()
    }

    fn scts(&self) -> &[Sct] {
        self.leaf.as_ref().map_or(&[], |leaf| leaf.scts.as_slice())
    }

    /// The alternative names in one line, the first ten of them.
    #[must_use]
    pub fn names_text(&self) -> Untrusted {
        let names = self
            .leaf
            .as_ref()
            .map_or(&[][..], |leaf| leaf.san.as_slice());
        let shown: Vec<String> = names
            .iter()
            .take(10)
            .map(|name| name.text().raw().to_owned())
            .collect();
        let more = names.len().saturating_sub(10);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        Untrusted::from(shown.join(", ") + &more)
    }
}
