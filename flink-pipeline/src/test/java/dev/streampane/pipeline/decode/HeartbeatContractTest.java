// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

class HeartbeatContractTest extends InputContract<String> {

    private static final JsonRecords<String> RECORDS = new JsonRecords<>(
            String.class, "reading", List.of(), (fetched, fields) -> Decoded.value(fetched, "a reading", 0));

    HeartbeatContractTest() {
        super("heartbeat", bytes -> RECORDS.decode(FetchedRecords.of(bytes, Fetched.HEARTBEAT)));
    }

    @Override
    protected void assertValue(Decoded<String> decoded, JsonNode expected) {
        assertThat(decoded.heartbeat()).isTrue();
    }
}
