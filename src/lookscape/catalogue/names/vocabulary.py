"""Words of product names that say nothing of the model: colours, whom it is for, what kind of thing it is.

Written as names are compared: small letters, no accents or marks.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


COLOURS = _words(
    """
    amber amethyst anthracite apricot aqua aquamarine aubergine azure barely beige berry black blackout blue blush
    bone bordeaux brick bronze brown burgundy buttercup camel caramel carbon cardinal champagne charcoal chalk
    cherry chestnut chlorine chocolate cinnamon citron cobalt cocoa coffee cognac copper coral cornflower cream
    crimson cyan denim ebony ecru eggplant ember emerald espresso fawn fern fluorescent fuchsia glacier gold golden
    graphite gray green grey gum gunmetal hazel indigo infrared ink ivory jade khaki lagoon lavender lead lemon
    lilac lime magenta mahogany mandarin marine maroon mauve metallic midnight mint mocha multi multicolor
    multicolour multicoloured mushroom mustard natural navy neon nude oatmeal obsidian ochre olive onyx orange
    orchid oxblood peach pearl pewter photon pine pink plum platinum purple rainbow raspberry red rose ruby rust
    rustic sage sail salmon sand sapphire scarlet seafoam sepia silver skin sky slate steel stone strawberry tan
    tangerine taupe teal terracotta tomato topaz turquoise vanilla vermilion violet volt walnut wheat white wine
    yellow zinc
    """
)

SHADES = _words(
    """
    bright cool core dark deep dusty faded heather hyper ice light matte medium melange off pale pastel pure royal
    soft solar summit team total triple university vivid warm washed bold
    """
)
"""Words that belong to a colour when one stands beside them."""

WHO = _words(
    """
    men mens man women womens woman ladies lady boy boys girl girls kid kids junior juniors youth unisex adult
    adults infant infants toddler toddlers baby babies gs ps td wmns w
    """
)
"""Whom it is for."""

WHO_BEHIND_BRAND = _words(
    """
    man woman lady boy girl baby w gs ps td junior youth adult
    """
)
"""Those that are also words of models: a Sixth Man is for anybody."""

KINDS = _words(
    """
    shoe shoes sneaker sneakers trainer trainers footwear flip flops slippers sandal sandals heels flats wedges
    loafers boots shirt shirts tshirt tshirts tee top tops tunic tunics sweatshirt sweatshirts hoodie hoodies
    sweater sweaters jacket jackets coat coats blazer blazers jeans trousers pant pants trackpants beanie eyewear
    shorts skirt skirts dress dresses kurta kurtas kurti kurtis saree sarees dupatta leggings tights capris socks
    briefs brief trunk trunks boxers bra vest vests innerwear nightdress tie ties belt belts wallet wallets bag bags
    handbag handbags clutch clutches backpack backpacks watch watches sunglasses cap caps scarf scarves stole gloves
    cufflinks perfume deodorant deo earrings necklace ring bracelet pendant jewellery bangle
    """
)
"""What kind of thing it is; only the last words of a name, as a Blazer Mid is a model."""

PLAIN = _words(
    """
    solid printed print prints check checks checked striped stripes stripe plain casual formal graphic sports sport
    running training walking lifestyle basic regular slim fit long short sleeve sleeved polo neck round pack dial
    analog analogue digital steel leather canvas patterned textured funky party ethnic smart
    """
)
"""Descriptions that many models share, so that none of them makes a model alone."""

SMALL = _words(
    """
    a an and by for in of on the to with x
    """
)
"""Words that join others."""
