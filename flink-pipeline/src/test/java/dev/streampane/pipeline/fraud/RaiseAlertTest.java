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
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RaiseAlertTest {

    private static final int MOST_PAYMENTS = 100;

    /** As index-results and results-api read them. */
    private static final int LARGEST_READ = 256 << 10;

    @ParameterizedTest
    @ValueSource(strings = {"x", "\u0001", "銀", "\uD83D\uDE00"})
    void shouldFitIntoAMessageHoweverLongItsMerchantsAre(String character) {
        // Given
        String merchant = character.repeat(4_096 / character.length());
        List<Payment> payments = LongStream.range(0, MOST_PAYMENTS)
                .mapToObj(n -> new Payment("7", n, "transactions", 0, n, 1, "x" + merchant, null, 3, BigInteger.TEN, n))
                .toList();
        List<Alert> alerts = new ArrayList<>();
        // When
        new RaiseAlert(
                        new JobLabel("fraud-detection", 1, "1.0.0", "UTC"),
                        "many-transactions",
                        all -> new Finding(BigDecimal.ONE, "many"))
                .processMatch(Map.of("burst", payments), null, new ListCollector<>(alerts));
        // Then
        Alert alert = alerts.get(0);
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
