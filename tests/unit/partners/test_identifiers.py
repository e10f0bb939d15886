"""SIRET, SIREN and RNA (R28), and who may hold projects without one (R29)."""

import pytest

from common.contracts.partners import LegalForm
from partners.domain.identifiers import (
    HolderUnidentified,
    IdentifierMalformed,
    Identifiers,
    identifiers,
    require_identified,
)

LA_POSTE_HEAD_OFFICE = "35600000000048"


@pytest.mark.parametrize(
    "siret",
    [
        "73282932000074",
        "35600000049837",
        LA_POSTE_HEAD_OFFICE,
        "90000001900019",
        "90000002700012",
        "21860194600013",
        "90000003500015",
    ],
)
def test_r28_a_siret_is_taken_and_its_siren_with_it(siret):
    assert identifiers(siret=siret) == Identifiers(siret=siret, siren=siret[:9])


@pytest.mark.parametrize(
    "siret", ["73282932000079", "35600000049838", "7328293200007", "732829320000745", "ABCDEFGHIJKLMN"]
)
def test_r28_a_wrong_siret_is_refused_with_its_rule(siret):
    with pytest.raises(IdentifierMalformed) as refused:
        identifiers(siret=siret)
    assert [(one.pointer, one.rule) for one in refused.value.errors] == [("/siret", "R28")]


def test_r28_spaces_in_a_siret_are_only_for_the_eye():
    assert identifiers(siret="732 829 320 00074").siret == "73282932000074"


def test_r28_a_siret_belongs_to_its_siren():
    with pytest.raises(IdentifierMalformed):
        identifiers(siret="73282932000074", siren="218601946")


def test_a_body_without_establishment_number_has_a_siren():
    assert identifiers(siren="200052264") == Identifiers(siren="200052264")


@pytest.mark.parametrize("rna", ["W861000001", "w861000001", "W9R1000123", "W2A1000042"])
def test_r29_an_rna_number_may_hold_letters(rna):
    assert identifiers(rna=rna).rna == rna.upper()


@pytest.mark.parametrize("rna", ["861000001", "W86100001", "W8610000012", "X861000001"])
def test_r29_a_wrong_rna_number_is_refused(rna):
    with pytest.raises(IdentifierMalformed):
        identifiers(rna=rna)


def test_every_mistake_is_named_at_once():
    with pytest.raises(IdentifierMalformed) as refused:
        identifiers(siret="1", siren="2", rna="3")
    assert [one.pointer for one in refused.value.errors] == ["/siret", "/siren", "/rna"]


@pytest.mark.parametrize("department", ["57", "67", "68"])
def test_r29_an_association_kept_by_the_court_needs_no_number(department):
    require_identified(LegalForm.ASSOCIATION, Identifiers(), department)


@pytest.mark.parametrize(
    ("legal_form", "department"),
    [
        (LegalForm.ASSOCIATION, "54"),
        (LegalForm.ASSOCIATION, "88"),
        (LegalForm.ASSOCIATION, None),
        (LegalForm.COMPANY, "67"),
        (None, "67"),
    ],
)
def test_r29_elsewhere_a_holder_has_a_number(legal_form, department):
    with pytest.raises(HolderUnidentified) as refused:
        require_identified(legal_form, Identifiers(), department)
    assert refused.value.verdict is not None
    assert refused.value.verdict.rule == "R29"


@pytest.mark.parametrize("known", [Identifiers(rna="W861000001"), Identifiers(siret="90000001900019")])
def test_r29_one_number_is_enough(known):
    require_identified(LegalForm.ASSOCIATION, known, "86")
