"""Places that have a law of their own: states of the Union, nations, and their parts."""

from __future__ import annotations

_STATES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois"
    "|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri"
    "|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma"
    "|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington"
    "|West Virginia|Wisconsin|Wyoming|District of Columbia|Puerto Rico"
)
_NATIONS = (
    "England and Wales|England & Wales|England|Wales|Scotland|Northern Ireland|Ireland|United Kingdom|Great Britain"
    "|Israel"
    "|Hong Kong|People[’']s Republic of China|PRC|China|Singapore|Japan|Korea|South Korea|Republic of Korea|India"
    "|Taiwan"
    "|Republic of China|Germany|France|Switzerland|Italy|Spain|Portugal|Netherlands|The Netherlands|Belgium|Luxembourg"
    "|Austria|Sweden|Norway|Denmark|Finland|Iceland|Poland|Czech Republic|Hungary|Greece|Turkey|Cyprus|Russia"
    "|Russian Federation|Ukraine|South Africa|Kenya|Nigeria|Egypt|Kuwait|Saudi Arabia|United Arab Emirates|Australia"
    "|New South Wales|Victoria|Queensland|New Zealand|Canada|Ontario|British Columbia|Quebec|Québec|Alberta|Manitoba"
    "|Saskatchewan|Nova Scotia|New Brunswick|Mexico|Brazil|Argentina|Chile|Peru|Colombia|Panama|Bermuda|Cayman Islands"
    "|British Virgin Islands|Bahamas|Malaysia|Thailand|Indonesia|Philippines|Vietnam|Pakistan|Jersey|Guernsey"
    "|Isle of Man"
    "|Gibraltar|Malta|Marshall Islands|Liberia|United States(?: of America)?|Macau|Macao|Slovenia|Croatia|Romania"
    "|Bulgaria"
)
ALL: tuple[str, ...] = tuple(f"{_STATES}|{_NATIONS}".split("|"))
