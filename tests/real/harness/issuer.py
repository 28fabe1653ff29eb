"""Certificates with whatever is wrong with them, made with the openssl command.

`Authority` makes sound ones; an `Issuer` signs anything: other dates, other digests, no names, no
version, and the responses of an OCSP responder.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from harness.authority import KEYS, openssl

# Sizes nobody should use any more.
SMALL = {"rsa1024": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"]}

SERVER = (
    "basicConstraints=critical,CA:FALSE",
    "extendedKeyUsage=serverAuth",
    "subjectAltName=DNS:localhost,IP:127.0.0.1",
)
AUTHORITY = ("basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign")


@dataclass(frozen=True)
class Issued:
    """A certificate and its key; with the serial number as openssl's index wants it."""

    path: Path
    key: Path
    serial: str

    def followed_by(self, *others) -> "Chained":
        """A chain file of this certificate and the others, in that order."""
        path = self.path.with_suffix(f".chain-{len(others)}-{abs(hash(others)) % 10**8}.pem")
        path.write_text("".join(one.path.read_text() for one in (self, *others)))
        return Chained(path, self.key)


@dataclass(frozen=True)
class Chained:
    """What a server is configured with."""

    chain: Path
    key: Path


class Issuer(Issued):
    """An authority that signs what it is told to."""

    @classmethod
    def root(cls, directory: Path, name="Real Root") -> "Issuer":
        directory.mkdir()
        key, path = directory / "own.key", directory / "own.pem"
        openssl("genpkey", *KEYS["rsa"], "-out", key)
        openssl(
            "req", "-x509", "-key", key, "-out", path, "-days", 3650, "-subj", f"/CN={name}",
            *(word for line in AUTHORITY for word in ("-addext", line)),
        )  # fmt: skip
        return cls(path, key, "root")

    def authority(self, name, **options) -> "Issuer":
        extensions = options.pop("extensions", AUTHORITY)
        made = self.issue(name, extensions=extensions, key="rsa", **options)
        return Issuer(made.path, made.key, made.serial)

    def issue(
        self, name="localhost", extensions=SERVER, key="ec", begins=-1, ends=90, digest="sha256"
    ) -> Issued:
        """From `begins` to `ends` days from now; without extensions it is of version 1."""
        number = len(list(self.path.parent.glob("*.csr"))) + 1
        stem = self.path.parent / f"{number:04}-{self.path.stem}"
        request, made, own_key = (stem.with_suffix(f".{kind}") for kind in ("csr", "pem", "key"))
        openssl("genpkey", *(KEYS | SMALL)[key], "-out", own_key)
        openssl("req", "-new", "-key", own_key, "-subj", f"/CN={name}", "-out", request)
        serial = f"{0x1000 + number:X}"
        self.sign(request, made, serial, extensions, moment(begins), moment(ends), digest)
        return Issued(made, own_key, serial)

    def sign(self, request, made, serial, extensions, begins, ends, digest):
        """`openssl ca`: the only one of its commands that takes both dates."""
        book = made.with_suffix(".ca")
        book.mkdir()
        (book / "index.txt").touch()
        (book / "serial").write_text(serial)
        extended = book / "extensions"
        extended.write_text("\n".join(extensions) + "\n")
        configuration = book / "openssl.cnf"
        configuration.write_text(
            f"[ca]\ndefault_ca=own\n[own]\ndir={book}\ndatabase=$dir/index.txt\n"
            "serial=$dir/serial\nnew_certs_dir=$dir\npolicy=any\n[any]\ncommonName=supplied\n"
        )
        with_extensions = ["-extfile", extended] if extensions else []
        openssl(
            "ca", "-batch", "-notext", "-config", configuration, "-in", request, "-out", made,
            "-cert", self.path, "-keyfile", self.key, "-md", digest, *with_extensions,
            "-startdate", begins, "-enddate", ends,
        )  # fmt: skip

    def staple(self, about: Issued, status="good", days=4) -> Path:
        """An OCSP response signed by this issuer, valid from now on for so many days."""
        book = about.path.with_suffix(f".{status}-{days}.index")
        until = moment(80)[2:]
        dates = f"R\t{until}\t{moment(-1)[2:]},keyCompromise" if status == "revoked" else f"V\t{until}\t"
        book.write_text(f"{dates}\t{about.serial}\tunknown\t/CN=localhost\n")
        request, response = book.with_suffix(".req"), book.with_suffix(".der")
        openssl("ocsp", "-issuer", self.path, "-cert", about.path, "-no_nonce", "-reqout", request)
        openssl(
            "ocsp", "-index", book, "-CA", self.path, "-rsigner", self.path, "-rkey", self.key,
            "-reqin", request, "-respout", response, "-ndays", days,
        )  # fmt: skip
        return response


def moment(days: float) -> str:
    """So many days from now, as openssl writes it."""
    at = datetime.now(timezone.utc) + timedelta(days=days)
    return at.strftime("%Y%m%d%H%M%SZ")
