"""The hand-drawn sketch of Villebrune: what a draughtsman would fix before the streets grow.

All coordinates are in metres from the middle of the town, x to the east and y to the north.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

Points = tuple[tuple[float, float], ...]

ORIGIN: Final = (700_000.0, 6_600_000.0)
CRS: Final = "EPSG:2154"
CHURCH: Final = (-420.0, 330.0)
RIVER_WIDTH_M: Final = 46.0
RAILWAY_WIDTH_M: Final = 16.0

COMMUNE: Final[Points] = (
    (2150, -250), (2040, 180), (2080, 520), (1830, 820), (1790, 1180), (1560, 1420), (1490, 1790), (1120, 1900),
    (860, 2080), (420, 1930), (120, 1990), (-180, 1860), (-520, 2080), (-860, 1880), (-1120, 1790), (-1420, 1690),
    (-1640, 1420), (-1960, 1180), (-2040, 790), (-1920, 420), (-2010, 60), (-2230, -330), (-2120, -720),
    (-1880, -1060), (-1690, -1390), (-1330, -1560), (-1060, -1800), (-640, -1840), (-330, -1990), (20, -1760),
    (380, -1860), (720, -2020), (1060, -1790), (1360, -1690), (1560, -1420), (1890, -1210), (1990, -820), (2180, -560),
)  # fmt: skip
BUILT: Final[Points] = (
    (1660, -160), (1640, 180), (1540, 480), (1400, 800), (1370, 1150), (1170, 1420), (820, 1510), (560, 1380),
    (230, 1430), (-220, 1350), (-520, 1500), (-860, 1380), (-1230, 1290), (-1560, 1000), (-1600, 610), (-1510, 250),
    (-1560, -140), (-1690, -420), (-1640, -760), (-1440, -1060), (-1190, -1270), (-820, -1360), (-460, -1470),
    (-80, -1330), (320, -1400), (660, -1520), (980, -1370), (1240, -1230), (1440, -1120), (1560, -870), (1700, -520),
)  # fmt: skip
RIVER: Final[Points] = (
    (700, 2600), (520, 1900), (150, 1450), (-120, 1050), (-60, 650), (230, 330), (420, -60), (330, -480), (20, -820),
    (-150, -1250), (60, -1700), (120, -2600),
)  # fmt: skip
RAILWAY: Final[Points] = (
    (-2700, -500), (-1700, -640), (-900, -630), (-200, -570), (350, -520), (1000, -620), (1700, -900), (2700, -1300),
)  # fmt: skip


@dataclass(frozen=True)
class Road:
    """A main road drawn by hand.

    Attributes
    ----------
    code
        Short name of the line.
    names
        Names it bears from its first to its last point; it is cut between them.
    points
        Points that it goes through [m].
    walkway
        Whether it is a way for walkers only.
    bank_m
        Distance from the middle of the river that it keeps between its ends, to the left of the stream positive
        [m]; 0 for a road that goes its own way.
    """

    code: str
    names: tuple[str, ...]
    points: Points
    walkway: bool = False
    bank_m: float = 0.0


ROADS: Final = (
    Road(
        "old-bridge",
        ("route de Brive-le-Vieux", "avenue Jean-Jaurès", "Grande-Rue", "rue du Pont-Vieux", "avenue de la République",
         "avenue du Maréchal-Leclerc", "route de Saint-Loup"),
        ((-2150, 470), (-1700, 400), (-1150, 400), (-760, 350), (-420, 300), (-110, 215), (90, 238), (350, 440),
         (640, 520), (900, 530), (1200, 545), (1480, 570), (1750, 640), (2150, 700)),
    ),
    Road(
        "north-bridge",
        ("route des Étangs", "rue des Coteaux", "avenue du Général-de-Gaulle", "avenue du Pont-Neuf",
         "avenue de l'Europe", "boulevard Simone-Veil", "route de Montfaucon"),
        ((-2150, 1130), (-1620, 1080), (-1080, 1090), (-620, 1020), (-120, 1050), (340, 1090), (820, 1010),
         (1180, 1120), (1500, 1340), (1900, 1560)),
    ),
    Road(
        "south-bridge",
        ("route de la Forêt", "avenue Pierre-Sémard", "avenue Louise-Michel", "avenue du Pont-de-Fer",
         "avenue de la Sablière", "route de Villeneuve"),
        ((-2250, -880), (-1740, -960), (-1280, -1080), (-700, -1060), (-150, -1150), (380, -1210), (880, -1110),
         (1320, -1080), (1720, -1220), (2250, -1420)),
    ),
    Road(
        "west",
        ("route de Bellevue", "rue de Bellevue", "avenue Aristide-Briand", "boulevard de Strasbourg",
         "rue du Passage-à-Niveau", "avenue Salvador-Allende", "route des Carrières"),
        ((-880, 2150), (-930, 1640), (-1060, 1090), (-1160, 720), (-1140, 400), (-1060, 0), (-1130, -380),
         (-1110, -640), (-1060, -860), (-1000, -1085), (-1060, -1420), (-1150, -1950)),
    ),
    Road(
        "far-west",
        ("chemin des Vignes", "rue des Vignes", "rue du Stade", "rue des Cheminots"),
        ((-1420, 1300), (-1470, 1085), (-1520, 700), (-1440, 395), (-1360, 30), (-1450, -290), (-1440, -545)),
    ),
    Road(
        "station",
        ("avenue de la Gare",),
        ((-432, 88), (-425, -120), (-470, -340), (-455, -520)),
    ),
    Road("footbridge", ("passerelle de la Gare",), ((-455, -520), (-450, -600), (-440, -690)), walkway=True),
    Road(
        "south-station",
        ("rue des Ateliers", "rue Youri-Gagarine"),
        ((-440, -690), (-500, -860), (-470, -1070), (-380, -1280), (-480, -1560)),
    ),
    Road(
        "north-tracks",
        ("rue du Dépôt", "rue de la Voie-Ferrée", "rue du Chemin-de-Fer", "rue du Port-au-Sable"),
        ((-1700, -505), (-1440, -545), (-1120, -545), (-780, -545), (-455, -520), (-120, -480), (110, -430),
         (288, -418)),
    ),
    Road("quay-south", ("quai du Port-au-Sable",), ((186, 312), (288, -418)), bank_m=-38.0),
    Road(
        "quay-west",
        ("quai Voltaire", "quai de la Brune"),
        ((186, 312), (-160, 1048)),
        bank_m=-38.0,
    ),
    Road(
        "quay-east",
        ("quai des Tanneurs", "quai Gambetta", "quai du Bac"),
        ((-80, 1063), (398, -438)),
        bank_m=40.0,
    ),
    Road(
        "ring",
        ("boulevard Carnot", "boulevard Pasteur", "boulevard Victor-Hugo", "boulevard du Nord"),
        ((-110, 215), (-250, 110), (-432, 88), (-620, 140), (-750, 350), (-690, 560), (-480, 640), (-290, 610),
         (-93, 640)),
    ),
    Road(
        "north-centre",
        ("rue du Faubourg-du-Nord", "rue des Maraîchers"),
        ((-480, 640), (-500, 830), (-560, 1025), (-470, 1300), (-560, 1680)),
    ),
    Road(
        "east",
        ("rue du Château-d'Eau", "avenue des Prés-Neufs", "avenue Jean-Moulin", "avenue Marcel-Paul",
         "rue du Pont-Rail", "avenue Ambroise-Croizat", "route du Moulin"),
        ((920, 2150), (860, 1640), (830, 1010), (800, 780), (860, 528), (850, 180), (930, -240), (985, -615),
         (930, -860), (890, -1110), (850, -1500), (800, -2100)),
    ),
    Road(
        "far-east",
        ("rue Olympe-de-Gouges", "rue des Marronniers", "rue de l'Orangerie", "rue des Frères-Lumière"),
        ((1190, 1125), (1270, 820), (1300, 550), (1360, 200), (1420, -180), (1390, -480), (1400, -690)),
    ),
    Road(
        "works",
        ("rue du Bac-à-Chaînes", "rue de l'Industrie", "rue Gustave-Eiffel"),
        ((398, -438), (560, -455), (740, -450), (960, -500), (1180, -590), (1400, -690), (1620, -770), (1830, -800)),
    ),
    Road(
        "south-tracks",
        ("rue du Haut-Fourneau", "rue Denis-Papin"),
        ((180, -790), (420, -700), (700, -700), (960, -740), (1200, -830), (1370, -960), (1450, -1095)),
    ),
    Road(
        "east-middle",
        ("rue Jules-Ferry", "rue de Verdun", "rue Émile-Zola"),
        ((455, -110), (640, -30), (860, 20), (1120, 10), (1400, -60), (1640, -60)),
    ),
    Road(
        "west-middle",
        ("rue du Bois-Joli", "rue de la Fontaine-aux-Dames", "rue du Capitaine-Ferrand"),
        ((-1640, -20), (-1360, 30), (-1060, 0), (-740, -70), (-425, -120), (-120, -90), (180, -20), (376, -50)),
    ),
    Road(
        "north-west",
        ("rue de la Croix-Blanche", "rue de la Tour"),
        ((-1560, 720), (-1160, 720), (-900, 640), (-690, 560)),
    ),
    Road(
        "zac",
        ("cours Nelson-Mandela", "mail Rosa-Parks"),
        ((-18, 660), (180, 690), (420, 760), (800, 780), (1060, 800), (1270, 820), (1400, 850)),
    ),
    Road("mill", ("rue du Moulin-à-Vent",), ((396, -690), (430, -950), (390, -1228))),
    Road(
        "estate",
        ("rue Pablo-Picasso", "rue Fernand-Léger", "rue de la Grange-Batelière"),
        ((-1650, -760), (-1360, -810), (-1060, -860), (-780, -830), (-500, -860), (-200, -830)),
    ),
    Road(
        "south-west",
        ("rue des Carrières", "chemin de la Garenne"),
        ((-1420, -1040), (-1330, -1250), (-1030, -1330), (-700, -1380), (-380, -1280), (-170, -1330)),
    ),
    Road(
        "south-east",
        ("rue des Saules", "rue de la Peupleraie"),
        ((20, -1180), (110, -1380), (420, -1420), (860, -1420), (1180, -1330), (1320, -1080)),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class District:
    """A part of the town that was built in one way.

    Attributes
    ----------
    pattern
        Way of building: ``old``, ``faubourg``, ``houses``, ``loops``, ``estate``, ``zac`` or ``works``.
    theme
        What its small streets are named after.
    seeds
        Points in it [m]; a block belongs to the district of the nearest seed on its side of river and railway.
    """

    pattern: str
    theme: str
    seeds: Points


DISTRICTS: Final = (
    District("old", "old", ((-420, 200), (-330, 460), (-560, 480))),
    District("faubourg", "republic", ((-20, 60), (-300, 830), (-250, -300), (-760, 140))),
    District("houses", "writers", ((-1280, 550), (-1250, 200), (-1250, -250), (-780, -300), (-930, 520), (-1490, 100))),
    District("loops", "birds", ((-1350, 900), (-800, 850), (-1250, 1200), (-780, 1200), (-1560, 850))),
    District("houses", "orchards", ((-330, 1250),)),
    District("estate", "painters", ((-1250, -950), (-760, -960), (-1300, -730), (-780, -740), (-1500, -880))),
    District("houses", "rivers", ((-700, -1200), (-1150, -1200), (-250, -1250), (-200, -980), (-450, -1400))),
    District("works", "works", ((-1560, -480), (-700, -600))),
    District("faubourg", "trades", ((350, 880), (480, 650), (250, 560), (250, 620))),
    District("zac", "women", ((1050, 950), (1050, 680), (1050, 1250))),
    District("loops", "trees", ((620, 1250), (250, 1250), (1350, 1050), (1400, 680))),
    District("houses", "scientists", ((1080, 280), (680, -250), (620, 220))),
    District("loops", "flowers", ((1500, 250), (1550, -350), (1480, 0))),
    District("works", "works", ((1180, -300), (700, -520), (620, -640), (1650, -680), (1150, -690), (1450, -900),
                               (1250, -950))),
    District("estate", "musicians", ((680, -950),)),
    District("houses", "mountains", ((180, -1000), (1080, -980), (600, -1300), (1400, -1200))),
    District("loops", "heath", ((600, -1470), (200, -1400), (1050, -1420))),
)  # fmt: skip


@dataclass(frozen=True)
class Green:
    """A park, a wood, a cemetery or playing fields: no street runs through it and nobody lives there."""

    name: str
    kind: str
    points: Points


GREENS: Final = (
    Green("parc de l'Orangerie", "park", ((1080, 330), (1230, 350), (1240, 480), (1070, 470), (1050, 400))),
    Green("jardin de l'Hôtel-de-Ville", "park", ((-640, 400), (-560, 390), (-540, 460), (-610, 480))),
    Green("square de la Liberté", "park", ((-130, -220), (-60, -230), (-55, -160), (-125, -150))),
    Green("parc des Grandes-Vignes", "park", ((-1000, -890), (-880, -880), (-860, -1000), (-990, -1010))),
    Green("plaine des sports", "sport", ((-1490, 470), (-1390, 460), (-1380, 640), (-1490, 650))),
    Green("cimetière Saint-Clair", "cemetery", ((-1000, 560), (-890, 540), (-870, 650), (-980, 660))),
    Green("parc des Prés-Neufs", "park", ((980, 850), (1110, 860), (1110, 970), (970, 960))),
    Green("bois de la Garenne", "wood", ((-1330, -1130), (-1180, -1130), (-1150, -1270), (-1300, -1230))),
    Green("prairie du Moulin", "park", ((90, -1000), (180, -980), (200, -1130), (100, -1140))),
    Green("stade Alice-Milliat", "sport", ((1100, -1150), (1240, -1140), (1230, -1270), (1110, -1260))),
)


@dataclass(frozen=True)
class Hamlet:
    """A few houses along a country road whose address is the name of the place."""

    name: str
    place: tuple[float, float]


HAMLETS: Final = (
    Hamlet("lieu-dit Les Cinq-Chemins", (-1850, 440)),
    Hamlet("lieu-dit La Grange-aux-Moines", (-900, 1650)),
    Hamlet("lieu-dit Le Bas-Moulin", (820, -1750)),
    Hamlet("lieu-dit La Croix-Rouge", (1800, 640)),
    Hamlet("lieu-dit L'Étang-Neuf", (-1780, 1120)),
    Hamlet("lieu-dit Les Quatre-Vents", (860, 1800)),
)
HAMLET_M: Final = 190.0
