// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransactionContractTest extends InputContract<Transaction> {

    private static final TransactionDecoder DECODER = new TransactionDecoder(ZoneOffset.UTC);

    TransactionContractTest() {
        super("transaction", bytes -> DECODER.decode(FetchedRecords.of(bytes)));
    }

    @Override
    protected void assertValue(Decoded<Transaction> decoded, JsonNode expected) {
        assertThat(decoded.value().client()).isEqualTo(expected.get("client").textValue());
        assertThat(decoded.value().amountUnits())
                .isEqualTo(expected.get("amount").longValue());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "\"merchant\":\"Café\",\"lat\":52.51839,\"lon\":-13.4 | Café | 52518390 | -13400000",
                "\"lat\":-90,\"lon\":180 | - | -90000000 | 180000000",
                "\"lat\":0.0000005,\"lon\":1e-7 | - | 0 | 0",
                "\"merchant\":\"\" | '' | - | -",
                "\"lat\":52.5 | - | - | -",
                "\"lon\":13.4 | - | - | -",
                "\"lat\":90.000001,\"lon\":0 | - | - | -",
                "\"lat\":0,\"lon\":-180.000001 | - | - | -",
                "\"lat\":1e400,\"lon\":0 | - | - | -",
            })
    void shouldReadMerchantAndPlaceAndLeaveOutWhatLiesNowhere(
            String fields, String merchant, Integer latitude, Integer longitude) {
        // Given
        String json = "{\"client\":3,\"amount\":1,\"ts\":\"2026-11-20 06:00:00\"," + fields + '}';

        // When
        Decoded<Transaction> decoded = DECODER.decode(FetchedRecords.of(json.getBytes(StandardCharsets.UTF_8)));

        // Then
        assertThat(decoded.value())
                .isEqualTo(new Transaction(
                        "3", 10_000, merchant, latitude == null ? null : new Transaction.Place(latitude, longitude)));
    }
}
