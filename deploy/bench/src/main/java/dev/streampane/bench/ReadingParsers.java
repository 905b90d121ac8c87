// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.streampane.bench.tutorial.TutorialJob;
import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.weather.DeviceReading;
import dev.streampane.pipeline.weather.ReadingDecoder;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** The JMH benchmarks of {@link Parser}, with readings like those of {@link Readings}, of 1,000 devices. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ReadingParsers {

    /** A power of 2; together with their objects, the readings are larger than a core's L2 cache. */
    private static final int READINGS = 1 << 13;

    private static final int DEVICES = 1_000;

    private final Fetched[] usual = readings("");
    private final Fetched[] unusual = readings("E0");
    private final ReadingDecoder decoder = new ReadingDecoder(ZoneOffset.UTC);
    private final ObjectMapper mapper = new ObjectMapper();
    private int next;

    /** Public for the code that JMH generates. */
    public ReadingParsers() {}

    private static Fetched[] readings(String exponent) {
        var random = new Random(1);
        var readings = new Fetched[READINGS];
        Arrays.setAll(readings, n -> {
            byte[] value = Readings.value(
                    n % DEVICES,
                    Readings.START + n,
                    Readings.decimal(10_000_000 + random.nextInt(200_000) * 100L) + exponent,
                    Readings.decimal(10_000_000 + random.nextInt(800_000) * 100L));
            return new Fetched(Readings.TOPIC, "", 0, n, Readings.START, null, value, null);
        });
        return readings;
    }

    private Fetched next(Fetched[] readings) {
        return readings[next++ & READINGS - 1];
    }

    /** The job's decoder. */
    @Benchmark
    public Decoded<DeviceReading> decoder() {
        return decoder.decode(next(usual));
    }

    /** The job's decoder, for readings with an exponent, which it hands to its general parser. */
    @Benchmark
    public Decoded<DeviceReading> decoderUnusual() {
        return decoder.decode(next(unusual));
    }

    /** Jackson databind as in the tutorial's job: an object with doubles, whose time is then parsed. */
    @Benchmark
    public TutorialJob.Reading databind(Blackhole times) throws IOException {
        var reading = mapper.readValue(next(usual).value(), TutorialJob.Reading.class);
        times.consume(Instant.parse(reading.ts).toEpochMilli());
        return reading;
    }

    /** Jackson databind without parsing the time. */
    @Benchmark
    public TutorialJob.Reading databindWithoutTime() throws IOException {
        return mapper.readValue(next(usual).value(), TutorialJob.Reading.class);
    }
}
