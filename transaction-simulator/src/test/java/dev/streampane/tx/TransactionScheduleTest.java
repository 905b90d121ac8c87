// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.simulation.RecordSchedule;
import dev.streampane.simulation.ScheduleContract;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TransactionScheduleTest extends ScheduleContract {

    private static final Golden GOLDEN = new Golden(
            List.of(
                    "{\"ts\":\"2026-11-20T06:00:00.000Z\"}",
                    "{\"client\":\"3\",\"ts\":\"2026-11-20T06:00:00.000Z\",\"amount\":176.00,\"merchant\":\"Clothes\",\"lat\":52.43181,\"lon\":13.24535}",
                    "{\"ts\":\"2026-11-20T06:00:01.000Z\"}",
                    "{\"ts\":\"2026-11-20T06:00:02.000Z\"}",
                    "{\"ts\":\"2026-11-20T06:00:03.000Z\"}",
                    "{\"ts\":\"2026-11-20T06:00:04.000Z\"}",
                    "{\"ts\":\"2026-11-20T06:00:05.000Z\"}",
                    "{\"client\":\"3\",\"ts\":\"2026-11-20T06:00:05.000Z\",\"amount\":159.00,\"merchant\":\"Cinema\",\"lat\":52.43299,\"lon\":13.24480}",
                    "{\"ts\":\"2026-11-20T06:00:06.000Z\"}",
                    "{\"ts\":\"2026-11-20T06:00:07.000Z\"}",
                    "{\"ts\":\"2026-11-20T06:00:08.000Z\"}",
                    "{\"ts\":\"2026-11-20T06:00:09.000Z\"}"),
            "4132a6cb30746e25444fd9d861cf7649bad2a59637d67216aa515fb898d26f21",
            "a313b16af1b9a18bcdb60ea823d6b18fc1a31847e0e4913b2593e2a8b7c81888");

    TransactionScheduleTest() {
        super("tx", "tx.clients.count", "tx.period", "[1-4]", Duration.ofSeconds(5), GOLDEN);
    }

    @Override
    protected RecordSchedule schedule(long startMillis, Map<String, String> settings) {
        return TestConfig.schedule(startMillis, settings);
    }

    @Test
    void shouldPayOncePerPeriodByAllClients() {
        // When
        List<Due> transactions = withoutHeartbeats(take(10_000, Map.of()));

        // Then
        for (int i = 0; i < transactions.size(); i++) {
            Instant expected = START.plusSeconds(5L * i);
            assertThat(transactions.get(i).eventTime()).isEqualTo(expected);
            assertThat(transactions.get(i).millis()).isEqualTo(expected.toEpochMilli());
        }
        Map<String, Long> byClient =
                transactions.stream().collect(Collectors.groupingBy(Due::sender, Collectors.counting()));
        assertThat(byClient).containsOnlyKeys("1", "2", "3", "4");
        assertThat(byClient.values()).allMatch(count -> count > transactions.size() / 5);
    }

    @Test
    void shouldPayMoreOftenByTheFirstClientsWhenSkewed() {
        // When
        Map<String, Long> byClient =
                withoutHeartbeats(take(20_000, Map.of("tx.clients.skew", "1", "tx.rate", "100"))).stream()
                        .collect(Collectors.groupingBy(Due::sender, Collectors.counting()));

        // Then
        assertThat((double) byClient.get("1") / byClient.get("2")).isBetween(1.8, 2.2);
        assertThat((double) byClient.get("1") / byClient.get("4")).isBetween(3.6, 4.4);
    }

    @Test
    void shouldSendAtTheRate() {
        // When
        List<Due> transactions = withoutHeartbeats(take(10_010, Map.of("tx.rate", "1000", "tx.clients.count", "1000")));

        // Then
        for (int i = 0; i < 10_000; i++) {
            assertThat(transactions.get(i).eventTime()).isEqualTo(START.plusMillis(i));
        }
        assertThat(transactions.stream().map(Due::sender).distinct().count()).isGreaterThan(990);
    }
}
