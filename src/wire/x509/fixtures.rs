//! Certificates for tests: made on the spot, or by the openssl command and kept in `fixtures/`.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, DnValue,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};

use crate::model::Timestamp;

/// When the tests take place: certificates made here begin a day before and end a year after.
pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

const DAY: i64 = 86_400;

/// An authority with its key.
pub(crate) struct Authority {
    pub(crate) der: Vec<u8>,
    params: CertificateParams,
    key: KeyPair,
}

impl Authority {
    /// Self-signed.
    pub(crate) fn root(name: &str) -> Self {
        Self::root_with(name, |_| {})
    }

    /// Self-signed, with something changed.
    pub(crate) fn root_with(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = authority(name);
        change(&mut params);
        let der = params
            .self_signed(&key)
            .expect("a certificate")
            .der()
            .to_vec();
        Self { der, params, key }
    }

    /// The same key, which signs under its name in another encoding.
    pub(crate) fn renamed(self, name: DnValue) -> Self {
        let mut params = self.params;
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        Self { params, ..self }
    }

    /// Below this one.
    pub(crate) fn authority(&self, name: &str) -> Self {
        self.authority_with(name, |_| {})
    }

    /// Below this one, with something changed.
    pub(crate) fn authority_with(
        &self,
        name: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = authority(name);
        change(&mut params);
        let der = self.sign(&params, &key);
        Self { der, params, key }
    }

    /// A server's certificate.
    pub(crate) fn server(&self, host: &str) -> Vec<u8> {
        self.server_with(host, |_| {})
    }

    /// A server's certificate with something changed.
    pub(crate) fn server_with(
        &self,
        host: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Vec<u8> {
        let mut params = server(host);
        change(&mut params);
        self.sign(&params, &KeyPair::generate().expect("a key"))
    }

    /// The same, for a key of one's own.
    pub(crate) fn server_for(
        &self,
        key: &KeyPair,
        host: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Vec<u8> {
        let mut params = server(host);
        change(&mut params);
        self.sign(&params, key)
    }

    fn sign(&self, params: &CertificateParams, key: &KeyPair) -> Vec<u8> {
        let issuer = Issuer::from_params(&self.params, &self.key);
        params
            .signed_by(key, &issuer)
            .expect("a certificate")
            .der()
            .to_vec()
    }
}

/// A self-signed server certificate.
pub(crate) fn self_signed(host: &str, ca: bool) -> Vec<u8> {
    let mut params = server(host);
    if ca {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.extended_key_usages.clear();
    }
    let key = KeyPair::generate().expect("a key");
    params
        .self_signed(&key)
        .expect("a certificate")
        .der()
        .to_vec()
}

/// Valid from `first` to `last` days after [`NOW`].
pub(crate) fn valid(params: &mut CertificateParams, first: i64, last: i64) {
    params.not_before = moment(first);
    params.not_after = moment(last);
}

/// Valid from `first` to `last` hours after [`NOW`].
pub(crate) fn valid_hours(params: &mut CertificateParams, first: i64, last: i64) {
    let hours = |hours: i64| moment(0) + time::Duration::hours(hours);
    params.not_before = hours(first);
    params.not_after = hours(last);
}

/// A file of `fixtures/`.
pub(crate) fn der(name: &str) -> Vec<u8> {
    let path = format!(
        "{}/src/wire/x509/fixtures/{name}.der",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read(path).expect("a fixture")
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    valid(&mut params, -1000, 1000);
    params
}

fn server(host: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![host.to_owned()]).expect("a name");
    params.distinguished_name.push(DnType::CommonName, host);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    valid(&mut params, -1, 365);
    params
}

fn moment(days: i64) -> time::OffsetDateTime {
    time::OffsetDateTime::from_unix_timestamp(NOW.secs() + days * DAY).expect("a moment")
}
