"""uv behind a mirror and a certificate authority that only pip has been told of, as in many companies."""

import os
import ssl
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deploy.uv import environment, settings

ROOT = Path(__file__).parents[2]
_DISTURBING = ("PIP_", "UV_", "SSL_", "REQUESTS_", "CURL_", "HTTP", "http", "ALL_PROXY", "all_proxy")


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a package index, and the certificate of the authority that vouches for it."""
    folder = tmp_path_factory.mktemp("mirror")
    index = folder / "simple" / "tiny"
    index.mkdir(parents=True)
    with zipfile.ZipFile(index / "tiny-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny.py", "")
        wheel.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        wheel.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("tiny-1.0.dist-info/RECORD", "")
    (index / "index.html").write_text('<a href="tiny-1.0-py3-none-any.whl">tiny-1.0-py3-none-any.whl</a>')
    authority, server = folder / "authority.pem", folder / "server.pem"
    _certify(authority, server)

    class Quiet(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(folder))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server)
    httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{httpd.server_address[1]}/simple", authority
    httpd.shutdown()
    httpd.server_close()


def _certify(authority: Path, server: Path) -> None:
    """An authority of our own, and a server's certificate and key that it vouches for."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("Our authority", "mirror")]
    at = datetime.now(UTC)

    def made(number: int) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder().subject_name(names[number]).issuer_name(names[0])
        builder = builder.public_key(keys[number].public_key()).serial_number(x509.random_serial_number())
        return builder.not_valid_before(at - timedelta(hours=1)).not_valid_after(at + timedelta(days=1))

    root = made(0).add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    here = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    leaf = made(1).add_extension(here, critical=False)
    pem = serialization.Encoding.PEM
    authority.write_bytes(root.sign(keys[0], hashes.SHA256()).public_bytes(pem))
    key = keys[1].private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    server.write_bytes(leaf.sign(keys[0], hashes.SHA256()).public_bytes(pem) + key)


def installs(target: Path, **told: str) -> bool:
    """Whether uv finds and installs the package with these variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_DISTURBING)}
    home = {"HOME": str(target), "PIP_CONFIG_FILE": os.devnull, "UV_CACHE_DIR": str(target / "cache"), **told}
    words = [sys.executable, "-m", "deploy.uv", "pip", "install", "--quiet", "--target", str(target / "to"), "tiny"]
    run = subprocess.run(words, env=kept | home, cwd=ROOT, capture_output=True, check=False)  # noqa: S603 - our own
    assert (run.returncode == 0) == (target / "to" / "tiny.py").exists(), run.stderr
    return run.returncode == 0


def test_what_pip_is_told_is_enough(mirror: tuple[str, Path], tmp_path: Path) -> None:
    address, authority = mirror
    assert not installs(tmp_path / "1", PIP_INDEX_URL=address, UV_HTTP_RETRIES="0")
    assert installs(tmp_path / "2", PIP_INDEX_URL=address, PIP_CERT=str(authority))
    configured = tmp_path / "pip.conf"
    configured.write_text(f"[global]\nindex-url = {address}\ncert = {authority}\n")
    assert installs(tmp_path / "3", PIP_CONFIG_FILE=str(configured))


def test_the_strongest_setting_wins() -> None:
    told = ":env:.index-url='https://env/simple'\nglobal.index-url='https://global/simple'\nglobal.cert='/ca.pem'\n"
    pip = settings(told)
    assert pip == {"index-url": "https://env/simple", "cert": "/ca.pem"}
    derived = environment(pip, {"SSL_CERT_FILE": "/mine.pem"})
    assert derived["UV_DEFAULT_INDEX"] == "https://env/simple"
    assert derived["SSL_CERT_FILE"] == "/mine.pem"
    assert "UV_DEFAULT_INDEX" not in environment(pip, {"UV_INDEX_URL": "https://uv/simple"})
    several = {"find-links": "/wheels https://links", "extra-index-url": "https://a https://b file:///c"}
    assert environment(several, {}) == {
        "UV_SYSTEM_CERTS": "true",
        "UV_FIND_LINKS": "/wheels,https://links",
        "UV_INDEX": "https://a https://b",
    }
