// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.weather;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.FetchedRecords;
import dev.streampane.pipeline.decode.InputContract;
import java.time.ZoneOffset;

class ReadingContractTest extends InputContract<DeviceReading> {

    private static final ReadingDecoder DECODER = new ReadingDecoder(ZoneOffset.UTC);

    ReadingContractTest() {
        super("device-reading", bytes -> DECODER.decode(FetchedRecords.of(bytes)));
    }

    @Override
    protected void assertValue(Decoded<DeviceReading> decoded, JsonNode expected) {
        assertThat(decoded.value())
                .isEqualTo(new DeviceReading(
                        expected.get("device").textValue(),
                        expected.get("temperature").longValue(),
                        expected.get("humidity").longValue()));
    }
}
