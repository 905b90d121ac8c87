// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.streampane.local.server.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a simulator publishes is what {@code deploy/schemas} allows. */
public abstract class SchemaContract {

    private final Schema heartbeat = schema("heartbeat");
    private final Schema record;
    private final String formatSetting;
    private final Map<String, String> settings;

    /**
     * @param contract of the records
     * @param formatSetting name of the setting of their format
     * @param settings others
     */
    protected SchemaContract(String contract, String formatSetting, Map<String, String> settings) {
        this.record = schema(contract);
        this.formatSetting = formatSetting;
        this.settings = settings;
    }

    /** The schedule of these settings from a start on. */
    protected abstract RecordSchedule schedule(long startMillis, Map<String, String> settings);

    @ParameterizedTest
    @ValueSource(strings = {"json", "legacy"})
    void shouldPublishWhatTheSchemasAllow(String format) {
        // Given
        Map<String, String> all = new HashMap<>(settings);
        all.put(formatSetting, format);
        RecordSchedule schedule = schedule(1_795_154_400_000L, all);

        for (int i = 0; i < 500; i++) {
            // When
            schedule.next(false, outgoing -> {
                Schema schema = outgoing.heartbeat() ? heartbeat : record;
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
