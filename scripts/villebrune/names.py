"""Words that the small streets of Villebrune are named from.

Every name is ordinary in French towns; together they belong to no place.
"""

from __future__ import annotations

from typing import Final

# Named by hand, so that tests of street matching have near twins: same words, other kind or article.
TWINS: Final = (
    ("flowers", "rue des Lilas"),
    ("flowers", "allée des Lilas"),
    ("trees", "rue du Lilas"),
    ("flowers", "impasse des Lilas"),
    ("republic", "rue de l'Abbé-Grégoire"),
    ("old", "rue de l'Abbé"),
    ("trades", "rue Neuve-Saint-Marc"),
    ("old", "rue Saint-Marc"),
    ("mountains", "rue d'Aubrac"),
    ("rivers", "rue de l'Aubrac"),
)
# Squares: the shortest streets of their quarters.
SQUARES: Final = (
    ("old", "place de l'Église"),
    ("old", "place du Marché"),
    ("republic", "place de la Liberté"),
    ("painters", "place Pablo-Picasso"),
)

STEMS: Final[dict[str, tuple[str, ...]]] = {
    "old": (
        "de l'Église", "du Marché", "des Halles", "du Four-Banal", "de la Boucherie", "du Puits-qui-Chante",
        "des Remparts", "de la Poterne", "du Cloître", "des Chanoines", "de l'Abreuvoir", "de la Monnaie",
        "du Chapeau-Rouge", "de l'Horloge", "Saint-Nicolas", "des Cordeliers", "de la Vieille-Prison", "du Grand-Cerf",
        "aux Herbes", "des Trois-Piliers", "du Beffroi", "de l'Hôtel-Dieu", "Basse", "Haute", "Neuve", "du Change",
        "des Forgerons", "des Orfèvres", "de la Lanterne", "du Chat-qui-Pêche", "des Ursulines", "du Petit-Salut",
        "de la Barre", "des Carmes", "du Bourg", "Sainte-Anne", "de la Tour-Grise", "des Prêtres", "du Mouton-Blanc",
        "de la Juiverie", "des Écoles", "du Parvis", "de la Fontaine", "de l'Échiquier", "des Pénitents", "du Guet",
        "de la Porte-Dorée", "Saint-Éloi", "des Drapiers", "du Pas-Étroit",
    ),
    "republic": (
        "Pasteur", "Victor-Schœlcher", "Gambetta", "du Onze-Novembre", "du Huit-Mai-1945", "Ledru-Rollin", "Voltaire",
        "Diderot", "Condorcet", "de la Liberté", "de l'Égalité", "de la Fraternité", "Edgar-Quinet", "Lakanal",
        "Jules-Guesde", "Waldeck-Rousseau", "d'Alsace", "de Lorraine", "de la Marne", "du Quatre-Septembre",
        "Danton", "Mirabeau", "Camille-Desmoulins", "Thiers", "Anatole-France", "de Belfort", "Raspail",
        "Paul-Bert", "Ferdinand-Buisson", "du Général-Foy", "du Sergent-Bobillot", "Denfert-Rochereau", "Sadi-Carnot",
        "Barbès", "Blanqui", "de Metz", "du Progrès", "de la Concorde", "Émile-Combes", "du Lavoir",
    ),
    "writers": (
        "Balzac", "Stendhal", "Flaubert", "George-Sand", "Lamartine", "Alfred-de-Musset", "Chateaubriand", "Molière",
        "Racine", "Corneille", "La Fontaine", "Madame-de-Sévigné", "Ronsard", "du Bellay", "Rabelais", "Montaigne",
        "Colette", "Marcel-Proust", "Guy-de-Maupassant", "Alphonse-Daudet", "Paul-Verlaine", "Arthur-Rimbaud",
        "Charles-Péguy", "Alain-Fournier", "Maurice-Genevoix", "Jules-Verne", "Prosper-Mérimée", "Théophile-Gautier",
        "Gérard-de-Nerval", "Louise-Labé", "Marguerite-Duras", "Paul-Éluard", "Robert-Desnos", "Albert-Camus",
        "Saint-Exupéry", "Jean-Giono", "Marcel-Pagnol", "Christine-de-Pisan", "Madame-de-La-Fayette", "Beaumarchais",
    ),
    "birds": (
        "des Alouettes", "des Mésanges", "des Fauvettes", "des Hirondelles", "des Rossignols", "des Pinsons",
        "des Bouvreuils", "des Chardonnerets", "des Loriots", "des Rouges-Gorges", "des Bergeronnettes", "des Merles",
        "des Grives", "des Pics-Verts", "des Huppes", "des Cigognes", "des Martinets", "des Tourterelles",
        "des Verdiers", "des Linottes", "des Cailles", "des Perdrix", "des Engoulevents", "des Geais", "des Coucous",
        "des Tarins", "des Roitelets", "des Sittelles", "des Troglodytes", "des Bruants", "des Hérons", "des Vanneaux",
    ),
    "orchards": (
        "des Pommiers", "des Poiriers", "des Cerisiers", "des Pruniers", "des Pêchers", "des Cognassiers",
        "des Noyers", "des Noisetiers", "des Néfliers", "du Pressoir", "de la Treille", "du Verger", "des Framboisiers",
        "des Groseilliers", "du Clos-Fleuri", "des Abricotiers",
    ),
    "painters": (
        "Auguste-Renoir", "Claude-Monet", "Édouard-Manet", "Berthe-Morisot", "Paul-Cézanne", "Henri-Matisse",
        "Georges-Braque", "Camille-Pissarro", "Gustave-Courbet", "Eugène-Delacroix", "Suzanne-Valadon", "Paul-Signac",
        "Georges-Seurat", "Marc-Chagall", "Sonia-Delaunay", "Paul-Gauguin", "Raoul-Dufy", "Maurice-Utrillo",
        "Edgar-Degas", "Rosa-Bonheur", "Honoré-Daumier", "Camille-Corot", "Vincent-van-Gogh", "Nicolas-Poussin",
        "Élisabeth-Vigée-Le-Brun", "Antoine-Watteau",
    ),
    "rivers": (
        "de la Loire", "du Rhône", "de la Garonne", "de la Dordogne", "du Lot", "du Tarn", "de l'Allier", "du Cher",
        "de l'Indre", "de la Vienne", "de la Creuse", "de la Sarthe", "de la Mayenne", "de l'Orne", "de l'Aisne",
        "de l'Oise", "de la Meuse", "du Doubs", "de la Saône", "de l'Isère", "de la Durance", "du Gard", "de l'Hérault",
        "de l'Aude", "de l'Adour", "de la Charente", "de l'Yonne", "de l'Eure", "du Loir", "de la Sioule", "de l'Ain",
        "de la Vézère",
    ),
    "works": (
        "de l'Entrepôt", "des Fondeurs", "de la Filature", "des Tuileries", "de la Briqueterie", "du Gaz",
        "Joseph-Marie-Jacquard", "Marc-Seguin", "de la Manufacture", "des Métallos", "de la Scierie", "des Roulages",
        "Clément-Ader", "Louis-Blériot", "du Triage", "des Usines",
    ),
    "trades": (
        "des Bateliers", "des Mariniers", "du Moulin-Brûlé", "des Teinturiers", "des Mégissiers", "du Foulon",
        "des Lavandières", "des Pêcheurs", "de la Corderie", "des Charpentiers", "des Tonneliers", "des Sabotiers",
        "du Vieux-Port", "de l'Écluse", "des Blanchisseuses", "de la Glacière", "du Halage", "des Vanniers",
        "des Meuniers", "Saint-Marc", "du Bac-aux-Chevaux", "des Tisserands", "des Luthiers", "des Cordiers",
        "des Carriers", "des Potiers", "de la Verrerie", "des Maçons", "des Couteliers", "des Passeurs",
        "de la Savonnerie", "des Relieurs",
    ),
    "women": (
        "Marie-Curie", "Sophie-Germain", "Émilie-du-Châtelet", "Simone-de-Beauvoir", "Germaine-Tillion", "Lucie-Aubrac",
        "Irène-Joliot-Curie", "Ada-Lovelace", "Hubertine-Auclert", "Flora-Tristan", "Jeanne-Barret",
        "Alexandra-David-Néel",
        "Joséphine-Baker", "Maryse-Bastié", "Hélène-Boucher", "Camille-Claudel", "Niki-de-Saint-Phalle",
        "Gisèle-Halimi",
        "Françoise-Dolto", "Agnès-Varda", "Nadia-Boulanger", "Madeleine-Brès", "Germaine-Coty", "Marguerite-Yourcenar",
        "Wangari-Maathai", "Katherine-Johnson", "Frida-Kahlo", "Hypatie", "Julie-Daubié", "Marie-Marvingt",
        "Pauline-Kergomard", "Maria-Montessori", "Élise-Freinet", "Dulcie-September",
    ),
    "trees": (
        "des Tilleuls", "des Érables", "des Charmes", "des Hêtres", "des Frênes", "des Bouleaux", "des Ormes",
        "des Platanes", "des Chênes-Verts", "des Mélèzes", "des Sorbiers", "des Aulnes", "des Peupliers", "des Cèdres",
        "des Séquoias", "des Acacias", "des Catalpas", "du Gros-Chêne", "des Ifs", "des Trembles", "des Alisiers",
        "des Merisiers", "des Magnolias", "des Cyprès", "des Pins-Parasols", "des Épicéas",
    ),
    "scientists": (
        "Ampère", "Arago", "Lavoisier", "Claude-Bernard", "Louis-de-Broglie", "Galilée", "Isaac-Newton", "Képler",
        "Buffon", "Cuvier", "Lamarck", "Gay-Lussac", "Henri-Poincaré", "Évariste-Galois", "Augustin-Fresnel",
        "Joseph-Fourier", "Sadi-Lévy", "Albert-Einstein", "Copernic", "Henri-Becquerel", "Marcellin-Berthelot",
        "Ambroise-Paré", "Laennec", "du Docteur-Calmette", "du Docteur-Roux", "Foucault", "Jean-Perrin", "d'Alembert",
        "Monge", "Laplace", "Réaumur", "Daguerre",
    ),
    "flowers": (
        "des Roses", "des Glycines", "des Jonquilles", "des Violettes", "des Pervenches", "des Coquelicots",
        "des Bleuets", "des Marguerites", "des Primevères", "des Iris", "du Chèvrefeuille", "des Hortensias",
        "des Camélias", "des Capucines", "des Anémones", "des Jacinthes", "du Muguet", "des Myosotis", "des Pivoines",
        "des Dahlias", "des Narcisses", "des Genêts-Blancs",
    ),
    "musicians": (
        "Hector-Berlioz", "Georges-Bizet", "Claude-Debussy", "Maurice-Ravel", "Gabriel-Fauré", "Erik-Satie",
        "Lili-Boulanger", "Camille-Saint-Saëns", "Charles-Gounod", "Jean-Philippe-Rameau", "François-Couperin",
        "Frédéric-Chopin", "Mozart", "Édith-Piaf", "Boris-Vian", "Django-Reinhardt",
    ),
    "mountains": (
        "du Mont-Blanc", "des Vosges", "du Jura", "des Cévennes", "du Ventoux", "du Vercors", "de la Chartreuse",
        "des Pyrénées", "du Canigou", "du Cantal", "du Mézenc", "du Morvan", "du Puy-Mary", "du Ballon",
        "de la Vanoise", "du Mercantour", "des Écrins", "des Alpilles", "du Luberon", "des Corbières", "du Queyras",
        "du Beaufortain", "des Bauges", "des Aravis", "du Sancy", "de l'Estérel",
    ),
    "heath": (
        "des Bruyères", "des Genêts", "des Ajoncs", "des Fougères", "de la Lande", "du Champ-Long", "des Grands-Champs",
        "du Pré-aux-Clercs", "de la Noue", "de la Sente-Verte", "du Gué", "des Roseaux", "des Joncs",
    ),
}  # fmt: skip

KINDS: Final[dict[str, tuple[str, ...]]] = {
    "old": ("rue", "rue", "rue", "ruelle", "passage", "rue"),
    "faubourg": ("rue", "rue", "rue", "rue", "passage"),
    "houses": ("rue", "rue", "rue", "rue", "allée"),
    "loops": ("rue", "allée", "allée", "rue", "clos"),
    "estate": ("rue", "allée", "square", "rue"),
    "zac": ("rue", "rue", "allée", "rue"),
    "works": ("rue", "rue"),
}
DEAD_END_KINDS: Final[dict[str, tuple[str, ...]]] = {
    "old": ("impasse", "cour"),
    "faubourg": ("impasse", "impasse", "villa"),
    "houses": ("impasse", "allée"),
    "loops": ("impasse", "allée", "clos"),
    "estate": ("allée", "square"),
    "zac": ("allée", "venelle"),
    "works": ("impasse",),
}
