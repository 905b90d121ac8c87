// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.simulation.RecordSchedule;
import dev.streampane.simulation.ScheduleContract;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ReadingScheduleTest extends ScheduleContract {

    private static final Golden GOLDEN = new Golden(
            List.of(
                    "{\"ts\":\"2026-11-20T06:00:00.000Z\"}",
                    "{\"device\":\"device1\",\"ts\":\"2026-11-20T06:00:00.000Z\",\"temperature\":15.51,\"humidity\":67.86}",
                    "{\"device\":\"device2\",\"ts\":\"2026-11-20T06:00:00.000Z\",\"temperature\":16.63,\"humidity\":76.15}",
                    "{\"device\":\"device3\",\"ts\":\"2026-11-20T06:00:00.000Z\",\"temperature\":9.65,\"humidity\":75.37}",
                    "{\"ts\":\"2026-11-20T06:00:01.000Z\"}",
                    "{\"ts\":\"2026-11-20T06:00:02.000Z\"}",
                    "{\"device\":\"device1\",\"ts\":\"2026-11-20T06:00:02.000Z\",\"temperature\":15.53,\"humidity\":67.76}",
                    "{\"ts\":\"2026-11-20T06:00:03.000Z\"}",
                    "{\"ts\":\"2026-11-20T06:00:04.000Z\"}",
                    "{\"device\":\"device1\",\"ts\":\"2026-11-20T06:00:04.000Z\",\"temperature\":15.52,\"humidity\":67.85}",
                    "{\"ts\":\"2026-11-20T06:00:05.000Z\"}",
                    "{\"device\":\"device2\",\"ts\":\"2026-11-20T06:00:05.000Z\",\"temperature\":16.65,\"humidity\":76.22}"),
            "073cca73e2801f2f658b6cd2ed1fd88c01e63f1e521caad2046cd1732cb5038b",
            "b6f2e5f422442ea1003d8b472ce32fbe09cf179e2b18b4b54c89b9ce55faeff4");

    ReadingScheduleTest() {
        super("iot", "iot.devices.count", "iot.devices.period", "device[1-3]", Duration.ofSeconds(2), GOLDEN);
    }

    @Override
    protected RecordSchedule schedule(long startMillis, Map<String, String> settings) {
        return TestConfig.schedule(startMillis, settings);
    }

    @Test
    void shouldMeasureEveryDeviceAtItsPeriod() {
        // When
        List<Due> readings = withoutHeartbeats(take(10_000, Map.of()));

        // Then
        Map<String, List<Due>> byDevice =
                readings.stream().collect(Collectors.groupingBy(Due::sender, TreeMap::new, Collectors.toList()));
        assertThat(byDevice).containsOnlyKeys("device1", "device2", "device3");
        byDevice.forEach((device, ofDevice) -> {
            int period = Map.of("device1", 2, "device2", 5, "device3", 10).get(device);
            for (int i = 0; i < ofDevice.size(); i++) {
                Instant expected = START.plusSeconds((long) i * period);
                assertThat(ofDevice.get(i).eventTime()).isEqualTo(expected);
                assertThat(ofDevice.get(i).millis()).isEqualTo(expected.toEpochMilli());
            }
        });
    }

    @Test
    void shouldSendAtTheRateOverAllDevicesInTurn() {
        // When
        List<Due> readings = withoutHeartbeats(take(10_010, Map.of("iot.rate", "1000", "iot.devices.count", "1000")));

        // Then
        for (int i = 0; i < 10_000; i++) {
            assertThat(readings.get(i).sender()).isEqualTo("device" + (i % 1000 + 1));
            assertThat(readings.get(i).eventTime()).isEqualTo(START.plusMillis(i));
        }
    }

    @Test
    void shouldGoOnWithTheNextDeviceWhenTheRateChanges() {
        // Given
        RecordSchedule schedule = schedule(START.toEpochMilli(), Map.of("iot.heartbeats", "false"));
        List<String> devices = new ArrayList<>();

        // When
        for (int n = 1; n <= 6; n++) {
            schedule.rate(n, START.toEpochMilli());
            devices.add(take(schedule, 1).get(0).sender());
        }

        // Then
        assertThat(devices).containsExactly("device1", "device2", "device3", "device1", "device2", "device3");
    }

    @Test
    void shouldSilenceADeviceForAWhileAndNotTheOthers() {
        // Given
        Map<String, String> settings = Map.of(
                "iot.rate", "3",
                "iot.faults.silent.probability", "0.01",
                "iot.faults.silent.by", "60s");

        // When
        List<Due> readings = withoutHeartbeats(take(40_000, settings));

        // Then
        Map<String, List<Due>> byDevice = readings.stream().collect(Collectors.groupingBy(Due::sender));
        byDevice.forEach((device, ofDevice) -> {
            int pauses = 0;
            for (int i = 1; i < ofDevice.size(); i++) {
                long gap = (ofDevice.get(i).millis() - ofDevice.get(i - 1).millis() + 500) / 1000;
                assertThat(gap == 1 || gap >= 60).as("gap of %d s", gap).isTrue();
                pauses += gap >= 60 ? 1 : 0;
            }
            assertThat(pauses).as(device).isGreaterThan(20);
        });
    }
}
