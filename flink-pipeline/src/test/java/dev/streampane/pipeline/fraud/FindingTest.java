// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.streampane.pipeline.decode.Transaction.Place;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FindingTest {

    private static final Place BERLIN = new Place(52_520_000, 13_405_000);

    private static Payment payment(long time, long amount, Place place) {
        return new Payment("7", time, "transactions", 0, time, amount, null, place, 3, BigInteger.TEN, time);
    }

    /** Distances by the law of cosines, on a sphere of 6371.0088 km. */
    @ParameterizedTest
    @CsvSource({
        "52520000, 13405000, 0",
        "40712800, -74006000, 6385.3",
        "48137000, 11575000, 504.34",
        "-52520000, -166595000, 20015.1",
        "90000000, 0, 4167.6",
        "52520000, 13405001, 0.00007",
    })
    void shouldMeasureAlongTheGreatCircle(int latitude, int longitude, double kilometres) {
        assertThat(GreatCircle.kilometres(BERLIN, new Place(latitude, longitude)))
                .isCloseTo(kilometres, within(Math.max(0.00001, kilometres * 0.0001)));
    }

    @Test
    void shouldMeasureOverTheDateLine() {
        assertThat(GreatCircle.kilometres(new Place(0, 179_500_000), new Place(0, -179_500_000)))
                .isCloseTo(111.2, within(0.1));
    }

    @Test
    void shouldScoreNothingAtTheThresholdAndNearlyOneFarBeyond() {
        // Given
        var limits = new Thresholds.SmallThenLarge(10_000, 5_000_000, Duration.ofMinutes(1));

        // Then
        assertThat(score(5_000_000, limits)).isEqualTo("0.000");
        assertThat(score(10_000_000, limits)).isEqualTo("0.500");
        assertThat(score(1_000_000_000_000L, limits)).isEqualTo("1.000");
    }

    private static BigDecimal score(long amount, Thresholds.SmallThenLarge limits) {
        return Finding.smallThenLarge(List.of(payment(0, 10_000, null), payment(1, amount, null)), limits)
                .score();
    }

    /** The mean of 0.00005 is none with four decimals. */
    @Test
    void shouldScoreByTheMeanAsItIs() {
        // Given
        Payment payment = new Payment("7", 0, "transactions", 0, 0, 6, null, null, 10, BigInteger.valueOf(5), 0);

        // When
        Finding finding = Finding.unusualAmount(
                List.of(payment), new Thresholds.UnusualAmount(BigDecimal.TEN, 10, Duration.ofDays(1)));

        // Then
        assertThat(finding.score()).isEqualTo("0.167");
    }

    @Test
    void shouldSayWhenTwoPurchasesAreMadeAtTheSameTime() {
        // Given
        var limits = new Thresholds.ImpossibleTravel(10_000, 900, Duration.ofHours(1));
        List<Payment> payments = List.of(payment(5, 10_000, BERLIN), payment(5, 10_000, new Place(0, 0)));

        // When
        Finding finding = Finding.impossibleTravel(payments, limits);

        // Then
        assertThat(finding.score()).isEqualTo("1.000");
        assertThat(finding.reason())
                .isEqualTo("payments of 1.0000 and 1.0000, 5972 km and 0 s apart: at the same time");
    }

    @Test
    void shouldWriteFiguresInOneWayInEveryLocale() {
        // Given
        Locale before = Locale.getDefault();
        var limits = new Thresholds.ManyTransactions(1, Duration.ofMillis(1500));
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG"));

            // When
            Finding finding = Finding.manyTransactions(List.of(payment(0, 1, null), payment(750, 1, null)), limits);

            // Then
            assertThat(finding.score()).isEqualTo("0.500");
            assertThat(finding.reason()).isEqualTo("2 payments in 0.75 s, more than 1 in less than 1.5 s");
        } finally {
            Locale.setDefault(before);
        }
    }
}
