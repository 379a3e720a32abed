"""What a member of staff is called in a mail: the first name, never the surname."""

import pytest

from dordt.shared.names import first_name

CALLED = {
    "Sanne Bakker": "Sanne",
    "Sanne": "Sanne",
    "  Jeroen   van Pelt ": "Jeroen",
    "Jan-Willem de Vries": "Jan-Willem",
    "Jan Willem de Vries": "Jan",
    "Ben de Vries": "Ben",
    "Fatima El Amrani": "Fatima",
    "Mehmet Arslan-Öztürk": "Mehmet",
    "Zoë ’t Hart": "Zoë",
    "D'Arcy Jansen": "D'Arcy",
    "ijsbrand de wit": "IJsbrand",
    "Dr. Sanne de Boer": "Sanne",
    "prof. dr. ir. Sanne de Boer": "Sanne",
    "Boer, Sanne de": "Sanne",
    "Boer, S. de (Sanne)": "Sanne",
    "S. de Boer (Sanne)": "Sanne",
    "Sanne de Boer (wijkteam)": "Sanne",
    "Sanne de Boer, wijkteam": "Sanne",
    "S. de Boer (wijkteam)": "",
    "S. de Boer (Wijkteam)": "",
    "Boer, S. de": "",
    "J. Bakker": "",
    "J.W. Bakker": "",
    "JW Bakker": "",
    "Th. van der Meer": "",
    "J Bakker": "",
    "De Vries": "",
    "’t Hart": "",
    "Van der Meer, J.": "",
    "Mevr. de Vries": "",
    "redactie@voorbeeld.nl": "",
    "Balie 3": "Balie",
    "12345": "",
    "": "",
}


@pytest.mark.parametrize("name", CALLED)
def test_somebody_is_called_by_the_first_name(name: str):
    assert first_name(name) == CALLED[name]
