"""Eight invented brands, each with its own design habits; any likeness of a name to a real firm is unintended."""

from collections.abc import Mapping
from dataclasses import dataclass

from lookscape.catalogue.rendering.factors import Construction, Material, Pattern, Silhouette, SoleShape


@dataclass(frozen=True, kw_only=True)
class Brand:
    """Design habits. A mapping gives the weights of the choices; `toe` and `stature` are the brand's usual toe
    roundness and sole thickness; `standing` is its share in the hype logit; `words` name its models.
    """

    name: str
    mark: str
    standing: float
    toe: float
    stature: float
    silhouettes: Mapping[Silhouette, float]
    constructions: Mapping[Construction, float]
    soles: Mapping[SoleShape, float]
    materials: Mapping[Material, float]
    patterns: Mapping[Pattern, float]
    colours: tuple[str, ...]
    words: tuple[str, ...]


BRANDS: Mapping[str, Brand] = {
    brand.name: brand
    for brand in (
        Brand(
            name="Halvorn",
            mark="comet",
            standing=1.1,
            toe=0.5,
            stature=0.082,
            silhouettes={Silhouette.HIGH: 5, Silhouette.MID: 3, Silhouette.LOW: 3},
            constructions={Construction.COURT: 1},
            soles={SoleShape.CUPSOLE: 1},
            materials={Material.LEATHER: 6, Material.PATENT: 2, Material.SUEDE: 2},
            patterns={Pattern.PLAIN: 7, Pattern.COLOUR_BLOCK: 4, Pattern.CAMOUFLAGE: 1, Pattern.ZEBRA: 1},
            colours=("Crimson", "Cobalt", "Ink", "Chalk", "Pine", "Azure", "Violet", "Mustard"),
            words=("Rally", "Forecourt", "Apex", "Tipoff", "Baseline", "Sixth Man", "Fadeaway", "Pivot"),
        ),
        Brand(
            name="Skarvo",
            mark="wave",
            standing=0.4,
            toe=0.72,
            stature=0.078,
            silhouettes={Silhouette.LOW: 7, Silhouette.HIGH: 2, Silhouette.MID: 2},
            constructions={Construction.SKATE: 1},
            soles={SoleShape.FLAT: 1},
            materials={Material.SUEDE: 6, Material.LEATHER: 2, Material.KNIT: 1},
            patterns={
                Pattern.PLAIN: 5,
                Pattern.DOTS: 2,
                Pattern.ZEBRA: 2,
                Pattern.CAMOUFLAGE: 2,
                Pattern.COLOUR_BLOCK: 1,
            },
            colours=("Ink", "Navy", "Oxblood", "Mustard", "Fern", "Brick", "Chalk", "Lagoon"),
            words=("Kerb", "Halfpipe", "Ledge", "Grindline", "Plaza", "Drop In", "Spillway", "Ollie"),
        ),
        Brand(
            name="Velmora",
            mark="leaf",
            standing=-0.3,
            toe=0.42,
            stature=0.088,
            silhouettes={Silhouette.LOW: 9, Silhouette.MID: 1},
            constructions={Construction.RUNNER: 1},
            soles={SoleShape.RUNNER: 5, SoleShape.CHUNKY: 1},
            materials={Material.MESH: 6, Material.KNIT: 4},
            patterns={Pattern.PLAIN: 8, Pattern.STRIPES: 2, Pattern.COLOUR_BLOCK: 2, Pattern.DOTS: 1},
            colours=("Azure", "Volt", "Ember", "Slate", "Glacier", "Ink", "Rose", "Chalk", "Lagoon"),
            words=("Tempo", "Fartlek", "Longstride", "Cadence", "Split", "Relay", "Aerial", "Pacer"),
        ),
        Brand(
            name="Ondreal",
            mark="ring",
            standing=-0.6,
            toe=0.58,
            stature=0.070,
            silhouettes={Silhouette.LOW: 8, Silhouette.MID: 1, Silhouette.HIGH: 1},
            constructions={Construction.MINIMAL: 1},
            soles={SoleShape.CUPSOLE: 4, SoleShape.FLAT: 2, SoleShape.WEDGE: 1},
            materials={Material.LEATHER: 7, Material.SUEDE: 2, Material.PATENT: 1},
            patterns={Pattern.PLAIN: 12, Pattern.STRIPES: 1, Pattern.DOTS: 1},
            colours=("Chalk", "Bone", "Sand", "Ink", "Blush", "Sage", "Taupe", "Glacier", "Navy"),
            words=("Plain", "Forma", "Linden", "Quiet", "Atelier", "Noon", "Folio", "Common"),
        ),
        Brand(
            name="Tarnfell",
            mark="peaks",
            standing=-0.2,
            toe=0.62,
            stature=0.085,
            silhouettes={Silhouette.BOOT: 8, Silhouette.HIGH: 3, Silhouette.MID: 2},
            constructions={Construction.WORK: 4, Construction.CHELSEA: 2},
            soles={SoleShape.LUG: 1},
            materials={Material.LEATHER: 6, Material.SUEDE: 4},
            patterns={Pattern.PLAIN: 12, Pattern.CAMOUFLAGE: 1},
            colours=("Wheat", "Cocoa", "Cognac", "Ink", "Olive", "Oxblood", "Graphite", "Pine"),
            words=("Scree", "Col", "Bothy", "Cairn", "Moor", "Fellside", "Ridgeway", "Timberline"),
        ),
        Brand(
            name="Kaizuru",
            mark="bolt",
            standing=1.4,
            toe=0.5,
            stature=0.110,
            silhouettes={Silhouette.LOW: 5, Silhouette.MID: 4, Silhouette.HIGH: 1},
            constructions={Construction.RUNNER: 3, Construction.COURT: 2},
            soles={SoleShape.CHUNKY: 6, SoleShape.WEDGE: 1},
            materials={Material.MESH: 4, Material.SUEDE: 2, Material.PATENT: 2, Material.LEATHER: 2},
            patterns={Pattern.PLAIN: 4, Pattern.COLOUR_BLOCK: 4, Pattern.ZEBRA: 2, Pattern.STRIPES: 1},
            colours=("Magenta", "Volt", "Violet", "Ember", "Chalk", "Ash", "Ink", "Lagoon", "Citron"),
            words=("Surge", "Monolith", "Overdrive", "Kilowatt", "Mech", "Neon", "Turbine", "Quake"),
        ),
        Brand(
            name="Astrelle",
            mark="star",
            standing=0.5,
            toe=0.3,
            stature=0.072,
            silhouettes={Silhouette.HIGH: 3, Silhouette.LOW: 3, Silhouette.BOOT: 3, Silhouette.MID: 1},
            constructions={Construction.MINIMAL: 2, Construction.CHELSEA: 2, Construction.SKATE: 1},
            soles={SoleShape.WEDGE: 4, SoleShape.CUPSOLE: 2, SoleShape.LUG: 1},
            materials={Material.PATENT: 5, Material.LEATHER: 3, Material.SUEDE: 2},
            patterns={Pattern.PLAIN: 5, Pattern.ZEBRA: 3, Pattern.DOTS: 2, Pattern.STRIPES: 1},
            colours=("Ink", "Blush", "Rose", "Chalk", "Oxblood", "Orchid", "Crimson", "Apricot"),
            words=("Soiree", "Gala", "Muse", "Velvetine", "Opera", "Lumen", "Etoile", "Mirage"),
        ),
        Brand(
            name="Brennick",
            mark="bars",
            standing=0.1,
            toe=0.48,
            stature=0.074,
            silhouettes={Silhouette.LOW: 7, Silhouette.MID: 2, Silhouette.HIGH: 1},
            constructions={Construction.COURT: 2, Construction.RUNNER: 2, Construction.MINIMAL: 1},
            soles={SoleShape.CUPSOLE: 3, SoleShape.RUNNER: 2, SoleShape.FLAT: 1},
            materials={Material.SUEDE: 5, Material.LEATHER: 3, Material.MESH: 2},
            patterns={Pattern.PLAIN: 9, Pattern.STRIPES: 2, Pattern.COLOUR_BLOCK: 2},
            colours=("Navy", "Cobalt", "Pine", "Crimson", "Bone", "Sail", "Pewter", "Mustard", "Gum"),
            words=("Terrace", "Harrow", "Clubhouse", "Regatta", "Gazette", "Kingsway", "Varsity", "Postal"),
        ),
    )
}
