// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import dev.streampane.pipeline.decode.Decoded;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.FetchedRecords;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.flink.api.common.functions.util.ListCollector;

/** Decodes messages as the jobs do by default. */
final class Decoding {

    static final TagTypes TYPES = new TagTypes(Pattern.compile(".*-ni-.*"), Pattern.compile(".*-ns-.*"));

    private Decoding() {}

    static TimeSeriesDecoder decoder() {
        return new TimeSeriesDecoder(ZoneOffset.UTC, TYPES);
    }

    static List<Decoded<TimeSeriesRow>> of(Fetched fetched) {
        List<Decoded<TimeSeriesRow>> rows = new ArrayList<>();
        decoder().decode(fetched, new ListCollector<>(rows));
        return rows;
    }

    static List<Decoded<TimeSeriesRow>> of(byte[] message) {
        return of(FetchedRecords.of(message));
    }

    static List<Decoded<TimeSeriesRow>> of(String message) {
        return of(message.getBytes(StandardCharsets.UTF_8));
    }

    /** 0, 1, 2 …; none for a message that is rejected as a whole. */
    static List<Integer> numbers(int rows) {
        return IntStream.range(0, rows).boxed().toList();
    }
}
