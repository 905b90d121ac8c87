// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import dev.streampane.simulation.MalformationContract;
import java.io.IOException;
import java.time.ZoneOffset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MalformationTest extends MalformationContract {

    @ParameterizedTest
    @EnumSource(ReadingFormat.class)
    void shouldSpoilInTheWayThatItIsNamedAfter(ReadingFormat format) throws IOException {
        byte[] whole = new ReadingWriter(format, ZoneOffset.UTC)
                .write(new DeviceReading("device1", 1_795_154_400_000L, 1938, 5709));

        assertSpoiledAsNamed(whole, ReadingGenerator.TARGET, "ts", "humidity");
    }
}
