//! What a hello can do without, and some servers and middleboxes cannot do with.

use super::client_hello::Offer;

/// Something beside versions, suites, groups and the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extra {
    /// Values reserved to be ignored (RFC 8701).
    Grease,
    /// More bytes than one TCP segment holds.
    Size,
    /// `status_request`: a staple is asked for.
    StatusRequest,
    /// Protocols by ALPN.
    Alpn,
    /// Compression and heartbeats, which no client of today offers.
    Unusual,
}

impl Extra {
    const ALL: [Self; 5] = [
        Self::Grease,
        Self::Size,
        Self::StatusRequest,
        Self::Alpn,
        Self::Unusual,
    ];
}

impl Offer {
    /// What of this it has.
    pub fn extras(&self) -> impl Iterator<Item = Extra> + '_ {
        Extra::ALL
            .into_iter()
            .filter(|extra| self.without(*extra) != *self)
    }

    /// The same without one thing.
    #[must_use]
    pub fn without(&self, extra: Extra) -> Self {
        let offer = self.clone();
        match extra {
            Extra::Grease => Self {
                grease: false,
                ..offer
            },
            Extra::Size => Self { pad_to: 0, ..offer },
            Extra::StatusRequest => Self {
                staple: false,
                ..offer
            },
            Extra::Alpn => Self {
                alpn: Vec::new(),
                ..offer
            },
            Extra::Unusual => Self {
                compression: false,
                heartbeat: false,
                ..offer
            },
        }
    }

    /// The same without any of it.
    #[must_use]
    pub fn plain(&self) -> Self {
        let extras = Extra::ALL.into_iter();
        extras.fold(self.clone(), |offer, extra| offer.without(extra))
    }
}

#[cfg(test)]
mod tests {
    use super::Extra;
    use crate::wire::tls::{Offer, Version};

    #[test]
    fn what_is_left_out_is_gone_and_nothing_else() {
        let plain = Offer::new(Version::Tls12, vec![0xc02f]);
        let full = Offer {
            alpn: vec!["h2".to_owned()],
            compression: true,
            heartbeat: true,
            staple: true,
            grease: true,
            pad_to: 1500,
            ..plain.clone()
        };
        assert_eq!(full.extras().collect::<Vec<_>>(), Extra::ALL);
        assert_eq!(full.plain(), plain);
        assert_eq!(plain.extras().count(), 0);
        for extra in Extra::ALL {
            let rest: Vec<_> = full.without(extra).extras().collect();
            assert!(rest.len() == 4 && !rest.contains(&extra));
        }
    }
}
