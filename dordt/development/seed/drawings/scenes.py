"""Every picture by the name of its file."""

import green
import indoors
import town

SCENES = {
    "grote-kerk": town.grote_kerk_at_the_water,
    "haven": town.harbour,
    "fietsstraat": town.cycle_street,
    "avondstraat": town.evening_street,
    "sterrenburgpark": green.park,
    "waterspeelplaats": green.water_play,
    "schoolplein": green.school_yard,
    "tuinhuis": green.garden_house,
    "polder": green.polder,
    "opruimen": green.clean_up,
    "tafel": indoors.table,
    "spullenbibliotheek": indoors.library_of_things,
    "open-deur": indoors.open_door,
    "brievenbus": indoors.letter_box,
    "wijken": indoors.map_of_wijken,
}
