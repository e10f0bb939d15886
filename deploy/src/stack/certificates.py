"""A certificate authority of the sandbox's own, so that webhooks travel over real TLS on loopback.

Nothing outside this state folder trusts it; its key is thrown away as soon as it has signed the one certificate.
"""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from stack.folder import Folder, write_whole

VALID_FOR = timedelta(days=365)
RENEWED_BEFORE = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """Where the authority's certificate is, and what a receiver on this machine proves itself with."""

    authority: Path
    receiver: Path
    receiver_key: Path


def prepare(folder: Folder, *, now: datetime) -> Certificates:
    """Find the certificates of this folder; make them on first use, and again before they expire."""
    here = folder.secrets
    made = Certificates(
        authority=here / "authority.pem", receiver=here / "receiver.pem", receiver_key=here / "receiver-key.pem"
    )
    if not _is_good(made, now):
        _make(made, now)
    return made


def _is_good(made: Certificates, now: datetime) -> bool:
    try:
        known = x509.load_pem_x509_certificate(made.receiver.read_bytes())
    except (FileNotFoundError, ValueError):
        return False
    return known.not_valid_after_utc - RENEWED_BEFORE > now and made.authority.exists() and made.receiver_key.exists()


def _make(made: Certificates, now: datetime) -> None:
    authority_key, receiver_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name, receiver_name = _name("Passeurs d'images, sandbox"), _name("localhost")
    authority = (
        _begun(authority_name, authority_name, authority_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    here = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    receiver = (
        _begun(receiver_name, authority_name, receiver_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(here), critical=False)
        .add_extension(signer, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    key = receiver_key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain)
    write_whole(made.receiver_key, key.decode())
    write_whole(made.authority, authority.public_bytes(encoding).decode())
    write_whole(made.receiver, receiver.public_bytes(encoding).decode())


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime
) -> x509.CertificateBuilder:
    serial = x509.random_serial_number()
    begun = x509.CertificateBuilder(issuer_name=issuer, subject_name=subject, public_key=key, serial_number=serial)
    return begun.not_valid_before(now.astimezone(UTC) - timedelta(minutes=5)).not_valid_after(now + VALID_FOR)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
