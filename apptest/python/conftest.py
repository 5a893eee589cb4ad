import pytest

from service import SECURED, Service, tls_files


@pytest.fixture(scope="session")
def hub(tmp_path_factory):
    """A hub that asks for no credentials."""
    service = Service(tmp_path_factory.mktemp("hub"))
    yield service
    assert service.stop() == 0


@pytest.fixture(scope="session")
def secured(tmp_path_factory):
    """A hub with users, a token, permissions, and payloads of at most 64 KiB."""
    service = Service(tmp_path_factory.mktemp("secured"), SECURED)
    yield service
    assert service.stop() == 0


@pytest.fixture
def own_hub(tmp_path):
    """A hub that the test may stop."""
    service = Service(tmp_path)
    yield service
    service.stop()


@pytest.fixture(scope="session")
def tls_hub(tmp_path_factory):
    """A hub with TLS; `ca_file` is what its clients must trust."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = tls_files(folder)
    service = Service(folder, f"message_hub:\n  auth_timeout: 60s\n  tls:\n    cert_file: {cert}\n    key_file: {key}\n")
    service.ca_file = cert
    yield service
    assert service.stop() == 0
