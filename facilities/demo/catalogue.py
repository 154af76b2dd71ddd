"""The demo site's equipment types and parties. The makers and people are made up."""

from facilities.demo.shapes import DemoParty, DemoPort, DemoType


def _supplies(count: int, connector: str, watts: float) -> tuple[DemoPort, ...]:
    return tuple(DemoPort(f"PSU{n}", connector, watts) for n in range(1, count + 1))


WEB = DemoType(
    "web", "Anvil", "S1 web server", 2, True, 720, 16.5, 750, 140, 330, _supplies(2, "C14", 750)
)
DATABASE = DemoType(
    "database", "Anvil", "S2 database server", 4, True, 740, 29.0, 1100, 310, 640,
    _supplies(2, "C14", 1100),
)  # fmt: skip
STORAGE = DemoType(
    "storage", "Anvil", "D4 storage shelf", 8, True, 760, 62.0, 1200, 480, 690,
    _supplies(2, "C14", 1200),
)  # fmt: skip
COMPUTE = DemoType(
    "compute", "Anvil", "X8 compute chassis", 16, True, 800, 118.0, 2600, 900, 1900,
    _supplies(2, "C20", 2600),
)  # fmt: skip
SWITCH = DemoType(
    "switch", "Beacon", "T48 switch", 2, False, 460, 8.4, 350, 120, 170,
    _supplies(2, "C14", 350), face="rear",
)  # fmt: skip
CONSOLE = DemoType(
    "console", "Beacon", "C16 console server", 2, False, 260, 3.1, 40, 18, 22,
    _supplies(1, "C14", 40), face="rear",
)  # fmt: skip
LEGACY = DemoType(
    "legacy", "Oldcastle", "L3 appliance", 6, True, 690, 34.0, 600, 210, 380,
    _supplies(1, "C14", 600),
)  # fmt: skip
RACK_PDU = DemoType(
    "rack_pdu", "Corder", "M24 metered PDU", 0, False, 60, 6.8, 8640, 0, 0,
    (DemoPort("Inlet", "L21-30P"),),
)  # fmt: skip

TYPES = (WEB, DATABASE, STORAGE, COMPUTE, SWITCH, CONSOLE, LEGACY, RACK_PDU)

BANK, MEDIA = "Harbour Bank", "Larkspur Media"
PLATFORM, NETWORK = "Platform team", "Network team"
PARTIES = (
    DemoParty("customer", BANK, "Ada Quill", "+1 555 0101", "ada@harbour.example"),
    DemoParty("customer", MEDIA, "Ben Ashdown", "+1 555 0102", "ben@larkspur.example"),
    DemoParty("department", PLATFORM, "Cleo Marsh", "+1 555 0103", "platform@rackhouse.example"),
    DemoParty("department", NETWORK, "Dev Rowan", "+1 555 0104", "network@rackhouse.example"),
    DemoParty("carrier", "UPS", "Dispatch", "+1 555 0110", "dispatch@ups.example", "UPSN"),
    DemoParty("carrier", "FedEx", "Dispatch", "+1 555 0111", "dispatch@fedex.example", "FDEG"),
    DemoParty("carrier", "DHL Express", "Dispatch", "+1 555 0112", "dispatch@dhl.example", "DHLX"),
)
