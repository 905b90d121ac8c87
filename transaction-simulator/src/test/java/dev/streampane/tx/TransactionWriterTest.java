// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class TransactionWriterTest {

    private static final long SIX = Instant.parse("2026-11-20T06:00:00Z").toEpochMilli();
    private static final Transaction.Place BERLIN = new Transaction.Place(5_250_000, 1_340_001);

    @Test
    void shouldWriteTheContractsFormat() {
        assertThat(json(new Transaction("3", SIX + 7, 12_000, "Bakery", BERLIN)))
                .isEqualTo("{\"client\":\"3\",\"ts\":\"2026-11-20T06:00:00.007Z\",\"amount\":120.00,"
                        + "\"merchant\":\"Bakery\",\"lat\":52.50000,\"lon\":13.40001}");
    }

    @Test
    void shouldWriteTheLegacyFormatWithNumbersOnly() {
        // Given
        long time = Instant.parse("2024-05-12T02:11:37.999Z").toEpochMilli();

        // When
        String json = legacy(ZoneOffset.UTC, new Transaction("3", time, 12_000, "Bakery", BERLIN));

        // Then
        assertThat(json).isEqualTo("{\"client\":3,\"amount\":120,\"ts\":\"2024-05-12 02:11:37\"}");
    }

    @Test
    void shouldWriteLegacyAmountsThatAreNotWholeWithTwoDecimals() {
        assertThat(legacy(ZoneOffset.UTC, new Transaction("3", SIX, 12_050, "", BERLIN)))
                .contains("\"amount\":120.50,");
    }

    @Test
    void shouldWriteLegacyTimesInTheirZone() {
        assertThat(legacy(ZoneId.of("Asia/Tokyo"), new Transaction("3", SIX, 100, "", BERLIN)))
                .contains("\"2026-11-20 15:00:00\"");
    }

    @Test
    void shouldWriteNegativeAndSmallNumbers() {
        assertThat(json(new Transaction("3", SIX, -5, "", new Transaction.Place(-1, -17_000_000))))
                .contains("\"amount\":-0.05,", "\"lat\":-0.00001,\"lon\":-170.00000}");
    }

    @Test
    void shouldEscapeWhatJsonDoesNotAllowInAString() {
        assertThat(json(new Transaction("3", SIX, 0, "a\"b\\c\nd\u0001é€😀", BERLIN)))
                .contains("\"merchant\":\"a\\\"b\\\\c\\nd\\u0001é€😀\"");
    }

    private static String json(Transaction transaction) {
        return new String(new TransactionWriter(TransactionFormat.JSON, ZoneOffset.UTC).write(transaction), UTF_8);
    }

    private static String legacy(ZoneId zone, Transaction transaction) {
        return new String(new TransactionWriter(TransactionFormat.LEGACY, zone).write(transaction), UTF_8);
    }
}
