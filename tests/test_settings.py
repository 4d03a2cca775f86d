"""Settings: unknown names and impossible values are refused together, by name and value."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from errors import SettingsError
from settings import PREFIX, PROJECT, Settings, load_settings


def test_nothing_set_gives_the_defaults() -> None:
    settings = load_settings({}, env_file=None)
    assert settings.embedding_model == "packaged"
    assert settings.chat_model == ""
    assert settings.articles == PROJECT / "corpus" / "articles"
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)


def test_every_value_is_read_from_its_name() -> None:
    settings = load_settings({"ASSISTANT_PORT": "8000", "ASSISTANT_LANGUAGE": "en", "PATH": "/bin"}, env_file=None)
    assert (settings.port, settings.language) == (8000, "en")


def test_an_unknown_name_is_refused_even_without_a_value() -> None:
    with pytest.raises(SettingsError, match="ASSISTANT_PROT=8000 is not a setting"):
        load_settings({"ASSISTANT_PROT": "8000"}, env_file=None)
    with pytest.raises(SettingsError, match="ASSISTANT_PROT= is not a setting"):
        load_settings({"ASSISTANT_PROT": ""}, env_file=None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ASSISTANT_PORT", "0"),
        ("ASSISTANT_PORT", "many"),
        ("ASSISTANT_LANGUAGE", "de"),
        ("ASSISTANT_CHAT_MODEL", "gpt"),
        ("ASSISTANT_BOOKING_URL", "example.org"),
        ("ASSISTANT_CONTACT_URL", "javascript:alert(1)"),
        ("ASSISTANT_RESULTS_URL", "ftp://example.org"),
        ("ASSISTANT_BRAND_NAME", "x" * 61),
    ],
)
def test_an_impossible_value_is_refused_with_name_and_value(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(f"{name}={value}")) as refusal:
        load_settings({name: value}, env_file=None)
    assert refusal.value.exit_status == 2


def test_all_faults_come_in_one_message() -> None:
    with pytest.raises(SettingsError) as refusal:
        load_settings({"ASSISTANT_PORT": "0", "ASSISTANT_COLOUR": "red", "ASSISTANT_LANGUAGE": "de"}, env_file=None)
    for part in ("ASSISTANT_PORT=0", "ASSISTANT_COLOUR=red", "ASSISTANT_LANGUAGE=de", "README"):
        assert part in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_an_empty_value_counts_as_not_set() -> None:
    assert load_settings({"ASSISTANT_PORT": "", "ASSISTANT_ARTICLES": ""}, env_file=None) == load_settings({}, None)


def test_the_env_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(
        '# a comment\nASSISTANT_PORT=8000\nexport ASSISTANT_BRAND_NAME="Å & Ö"\nOTHER=1\n', encoding="utf-8"
    )
    settings = load_settings({"ASSISTANT_PORT": "9000"}, file)
    assert settings.port == 9000
    assert settings.brand_name == "Å & Ö"


def test_faults_of_the_env_file_are_refused_too(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("ASSISTANT_PROT\n")
    with pytest.raises(SettingsError, match="ASSISTANT_PROT= is not a setting"):
        load_settings({}, file)


def test_an_env_file_that_is_not_text_is_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00ASSISTANT")
    with pytest.raises(SettingsError, match=r"\.env cannot be read: it is not UTF-8 text"):
        load_settings({}, tmp_path / ".env")


def test_a_missing_env_file_is_no_fault(tmp_path: Path) -> None:
    assert load_settings({}, tmp_path / ".env") == load_settings({}, None)


def test_the_readme_lists_every_setting_and_no_other() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    rows = [line for line in readme.splitlines() if line.lstrip().startswith("|")]
    listed = {name for row in rows for name in re.findall(rf"`({PREFIX}[A-Z_]+)`", row)}
    assert listed == {PREFIX + field.upper() for field in Settings.model_fields}


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in Settings.model_fields.values())
