"""Countries by their ISO 3166-1 code, with three that ended and made films, and by the names the CNC gives them."""

import re

from catalogue.domain.titles import words

_ISO = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA
    CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA
    GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
    KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS
    MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS
    RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW
    TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
_ENDED = "CS SU YU"

_NAMES = """
    AL albanie                      AM armenie                      AR argentine, arg
    AT autriche                     AU australie                    BA bosnie, bosnie herz, bosnie herzegovine
    BE belgique, belg, bel, be      BF burkina faso                 BG bulgarie, bulg
    BO bolivie                      BR bresil                       CA canada, can
    CH suisse                       CI cote ivoire                  CL chili
    CM cameroun                     CN chine                        CO colombie
    CU cuba                         CY chypre
    CZ republique tcheque, rep tcheque, rep tcheq, rep tch
    DE allemagne, all               DK danemark, dan                DZ algerie
    EC equateur                     EE estonie                      EG egypte
    ES espagne, esp, es             FI finlande, fin                FR france, fr
    GB grande bretagne, gb, royaume uni, ru                         GE georgie
    GR grece                        HK hong kong                    HR croatie
    HU hongrie                      IE irlande, irl                 IL israel, isr
    IN inde                         IR iran                         IS islande                      IT italie, it
    JP japon                        KG kirghiztan, kirghizistan     KH cambodge
    KR coree, coree du sud, republique de coree du sud              KZ kazakhstan
    LB liban                        LT lituanie                     LU luxembourg, lux
    LV lettonie                     MA maroc                        ME montenegro
    MK macedoine, macedoine du n, macedoine du nord                 ML mali
    MN mongolie                     MX mexique, mex                 MY malaisie
    MZ mozambique                   NA namibie                      NL pays bas
    NO norvege, norv                NZ nouvelle zelande             PH philippines
    PL pologne, pol                 PS palestine                    PT portugal, port
    RO roumanie, roum               RS serbie                       RU russie
    SE suede                        SI slovenie                     SK slovaquie
    SN senegal                      SY syrie                        TN tunisie
    TR turquie                      TW taiwan                       UA ukraine
    US etats unis, usa              UY uruguay                      XK kosovo
    ZA afrique du sud, af du sud    SU urss                         YU yougoslavie
    CS tchecoslovaquie
"""


def known(code: str) -> bool:
    return code in _KNOWN


def named(name: str) -> str | None:
    """Find a country by a name or an abbreviation in French, whatever its case and accents."""
    return _CODES.get(" ".join(words(name)))


def _codes() -> dict[str, str]:
    entries = re.findall(r"([A-Z]{2}) ([a-z ,]+)", _NAMES)
    return {name.strip(): code for code, names in entries for name in names.split(",")}


_KNOWN = frozenset(f"{_ISO} {_ENDED}".split())
_CODES = _codes()
