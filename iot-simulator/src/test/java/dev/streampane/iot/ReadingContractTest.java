// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.streampane.local.server.Checkout;
import dev.streampane.simulation.RecordSchedule;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the simulator publishes is what deploy/schemas says. */
class ReadingContractTest {

    private final Schema reading = schema("device-reading");
    private final Schema heartbeat = schema("heartbeat");

    @ParameterizedTest
    @ValueSource(strings = {"json", "legacy"})
    void shouldPublishWhatTheSchemasAllow(String format) {
        // Given
        RecordSchedule schedule = TestConfig.schedule(
                1_795_154_400_000L, Map.of("iot.format", format, "iot.rate", "50", "iot.devices.count", "7"));

        for (int i = 0; i < 500; i++) {
            // When
            schedule.next(outgoing -> {
                Schema schema = outgoing.heartbeat() ? heartbeat : reading;
                String json = new String(outgoing.value(), UTF_8);

                // Then
                assertThat(schema.validate(json, InputFormat.JSON)).as(json).isEmpty();
                assertThat(outgoing.headers().get("kind")).isEqualTo(outgoing.heartbeat() ? "heartbeat" : null);
            });
        }
    }

    private static Schema schema(String contract) {
        try {
            String text = Files.readString(Checkout.root().resolve("deploy/schemas/" + contract + "/v1/schema.json"));
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(text, InputFormat.JSON);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
