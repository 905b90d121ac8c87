// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.contract.Json;
import dev.streampane.pipeline.contract.Alert;
import dev.streampane.pipeline.window.JobLabel;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RaiseAlertTest {

    private static final int MOST_PAYMENTS = 100;

    /** As index-results and results-api read them. */
    private static final int LARGEST_READ = 256 << 10;

    @Test
    void shouldHaveTheSameIdInEveryLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG"));

            Alert alert =
                    raised(List.of(new Payment("7", 0, "transactions", 3, 12345, 1, "x", null, 3, BigInteger.TEN, 0)));

            assertThat(alert.id()).isEqualTo("fraud-detection~many-transactions~7~transactions-3-12345");
        } finally {
            Locale.setDefault(before);
        }
    }

    private static Alert raised(List<Payment> payments) {
        List<Alert> alerts = new ArrayList<>();
        new RaiseAlert(
                        new JobLabel("fraud-detection", 1, "1.0.0", "UTC"),
                        "many-transactions",
                        all -> new Finding(BigDecimal.ONE, "many"))
                .processMatch(Map.of("burst", payments), null, new ListCollector<>(alerts));
        return alerts.get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\u0001", "銀", "\uD83D\uDE00"})
    void shouldFitIntoAMessageHoweverLongItsMerchantsAre(String character) {
        // Given
        String merchant = character.repeat(4_096 / character.length());
        List<Payment> payments = LongStream.range(0, MOST_PAYMENTS)
                .mapToObj(n -> new Payment("7", n, "transactions", 0, n, 1, "x" + merchant, null, 3, BigInteger.TEN, n))
                .toList();
        // When
        Alert alert = raised(payments);
        // Then
        assertThat(Json.of(alert)).hasSizeLessThan(LARGEST_READ);
        assertThat(alert.transactions())
                .hasSize(MOST_PAYMENTS)
                .extracting(Alert.Evidence::merchant)
                .allSatisfy(name -> {
                    assertThat("x" + merchant).startsWith(name);
                    assertThat(name.length()).isBetween(255, 256);
                });
    }
}
