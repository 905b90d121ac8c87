// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.fraud;

import dev.streampane.pipeline.job.JobKind;
import dev.streampane.pipeline.job.JobOption;
import dev.streampane.pipeline.job.JobOptions;
import dev.streampane.pipeline.job.OptionType;
import java.math.BigDecimal;
import java.time.Duration;

/** The options of fraud-detection. The ones that only this job has are its {@link Thresholds}. */
final class FraudOptions {

    static final JobOptions OPTIONS = new JobOptions(
            JobKind.TIMED,
            JobOption.INPUT_TOPIC.withFallback("transactions"),
            JobOption.ALERTS_TOPIC,
            JobOption.PARALLELISM.withFallback("1"),
            JobOption.COMMIT_PAUSE);

    private static final OptionType<Duration> UP_TO_A_DAY = OptionType.duration("1ms", "1d");

    private static final OptionType<BigDecimal> AMOUNT = OptionType.decimal("0.01", "100000000", 4);

    static final JobOption<BigDecimal> SMALL_AMOUNT =
            OPTIONS.add("small-amount", "1", AMOUNT, "small-then-large: up to this amount a payment is small");

    static final JobOption<BigDecimal> LARGE_AMOUNT =
            OPTIONS.add("large-amount", "500", AMOUNT, "small-then-large: from this amount on a payment is large");

    static final JobOption<Duration> SMALL_LARGE_WINDOW = OPTIONS.add(
            "small-large-window", "1m", UP_TO_A_DAY, "small-then-large: the large payment follows in less than this");

    static final JobOption<Integer> BURST_COUNT = OPTIONS.add(
            "burst-count", "10", OptionType.integer(1, 100), "many-transactions: more payments than this are a burst");

    static final JobOption<Duration> BURST_WINDOW = OPTIONS.add(
            "burst-window", "1m", UP_TO_A_DAY, "many-transactions: the payments of a burst come in less than this");

    static final JobOption<BigDecimal> MEAN_FACTOR = OPTIONS.add(
            "mean-factor",
            "10",
            OptionType.decimal("1", "1000000", 2),
            "unusual-amount: an amount above this multiple of the client's mean is unusual");

    static final JobOption<Integer> MEAN_MIN_COUNT = OPTIONS.add(
            "mean-min-count",
            "10",
            OptionType.integer(1, 1_000_000),
            "unusual-amount: minimum number of earlier payments for a mean");

    static final JobOption<Duration> MEAN_TTL = OPTIONS.add(
            "mean-ttl",
            "30d",
            OptionType.duration("1s", "3650d"),
            "unusual-amount: a client's mean is dropped after this time without payments");

    static final JobOption<BigDecimal> HIGH_VALUE = OPTIONS.add(
            "high-value", "250", AMOUNT, "impossible-travel: from this amount on a purchase is of high value");

    static final JobOption<Integer> MAX_SPEED_KMH = OPTIONS.add(
            "max-speed-kmh",
            "900",
            OptionType.integer(1, 1_000_000),
            "impossible-travel: maximum possible speed in km/h");

    static final JobOption<Duration> TRAVEL_WINDOW = OPTIONS.add(
            "travel-window", "1h", UP_TO_A_DAY, "impossible-travel: the second purchase follows in less than this");

    private FraudOptions() {}
}
