"""Our Modbus client against a server by other hands: pymodbus, TCP and RTU framing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pymodbus import FramerType
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from telemetry.errors import Refused
from telemetry.transports.base import ModbusRead
from telemetry.transports.modbus import ModbusTransport, direct, rtu_gateway


@asynccontextmanager
async def witness(framer: FramerType) -> AsyncIterator[int]:
    registers = [SimData(100, values=list(range(500, 560)), datatype=DataType.REGISTERS)]
    server = ModbusTcpServer(
        [SimDevice(1, simdata=registers)], address=("127.0.0.1", 0), framer=framer
    )
    task = asyncio.create_task(server.serve_forever())
    try:
        while server.transport is None:
            await asyncio.sleep(0.01)
        yield server.transport.sockets[0].getsockname()[1]
    finally:
        await server.shutdown()
        await task


@pytest.mark.parametrize("framer", [FramerType.SOCKET, FramerType.RTU])
async def test_registers_and_refusals_are_those_of_the_witness(framer: FramerType) -> None:
    settings = rtu_gateway() if framer is FramerType.RTU else direct()
    async with witness(framer) as port:
        transport = ModbusTransport("127.0.0.1", port, settings)
        await transport.open()
        for start, count in ((100, 60), (120, 1), (155, 5)):
            answer = await transport.read(ModbusRead(1, 3, start, count), 2.0)
            assert answer.words == tuple(range(start + 400, start + 400 + count))
        with pytest.raises(Refused) as refused:
            await transport.read(ModbusRead(1, 3, 155, 10), 2.0)
        assert refused.value.code == 2
        await transport.close()
