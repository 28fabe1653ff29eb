"""A private certificate authority, made with the openssl command."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

KEYS = {
    "ec": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "rsa": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "ed25519": ["-algorithm", "ED25519"],
}


@dataclass(frozen=True)
class Certificate:
    """Paths of PEM files: the leaf alone, the leaf with what is sent along, the private key."""

    leaf: Path
    chain: Path
    key: Path


def openssl(*arguments) -> str:
    """Runs openssl; its complaint is the test's failure."""
    done = subprocess.run(
        ["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, f"openssl {arguments[0]}: {done.stderr}"
    return done.stdout


class Authority:
    """A root of its own in `directory`, valid for ten years from now."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.path = directory / "ca.pem"
        self.key = directory / "ca.key"
        self.issued = 0
        openssl("genpkey", *KEYS["ec"], "-out", self.key)
        openssl(
            "req", "-x509", "-key", self.key, "-out", self.path, "-days", 3650,
            "-subj", "/CN=Test Root",
            "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign",
        )  # fmt: skip

    def certificate(
        self, *names, days=90, key="ec", address="127.0.0.1", extensions=()
    ) -> Certificate:
        """For `names` (default `localhost`) and one address; `extensions` are openssl lines."""
        names = names or ("localhost",)
        self.issued += 1
        stem = self.directory / f"leaf-{self.issued}"
        made = Certificate(stem.with_suffix(".pem"), stem.with_suffix(".pem"), stem.with_suffix(".key"))
        alternatives = [f"DNS:{name}" for name in names] + [f"IP:{address}"] * bool(address)
        extension_file = stem.with_suffix(".ext")
        extension_file.write_text(
            "\n".join(
                [
                    "basicConstraints=critical,CA:FALSE",
                    "keyUsage=critical,digitalSignature",
                    "extendedKeyUsage=serverAuth",
                    f"subjectAltName={','.join(alternatives)}",
                    *extensions,
                ]
            )
        )
        request = stem.with_suffix(".csr")
        openssl("genpkey", *KEYS[key], "-out", made.key)
        openssl("req", "-new", "-key", made.key, "-subj", f"/CN={names[0]}", "-out", request)
        openssl(
            "x509", "-req", "-in", request, "-CA", self.path, "-CAkey", self.key,
            "-set_serial", f"0x{self.issued:016x}", "-days", days,
            "-extfile", extension_file, "-out", made.leaf,
        )  # fmt: skip
        return made
