// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.aggregates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.contract.CalendarSpec;
import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpec.Tumbling;
import dev.streampane.results.store.ResultJson;
import io.quarkus.runtime.configuration.DurationConverter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The length of the buckets: a fixed time, aligned to 1970-01-01T00:00:00Z, or a calendar day, week (from Monday) or month in a zone.
 *
 * <p>{@code 15m}: 06:07:30Z lies in [06:00Z, 06:15Z). {@code day} in Europe/Berlin: 2026-03-28T23:30:00Z lies in [2026-03-28T23:00Z,
 * 2026-03-29T22:00Z), a day of 23 hours.
 *
 * @param text the interval as requested
 * @param buckets the buckets, as a window specification
 * @param zone the zone in which calendar units begin; UTC for a fixed time
 */
record Interval(String text, WindowSpec buckets, ZoneId zone) implements Grouping<Instant> {

    /** The allowed intervals, for an error message. */
    static final String ALLOWED = "1s to 366d as in 30s, 15m, 1h or 7d, or day, week or month";

    private static final Map<String, CalendarSpec.Unit> CALENDAR =
            Map.of("day", CalendarSpec.Unit.DAY, "week", CalendarSpec.Unit.WEEK, "month", CalendarSpec.Unit.MONTH);
    private static final Pattern FIXED = Pattern.compile("[1-9][0-9]{0,8}[smhd]");
    private static final Duration LONGEST = Duration.ofDays(366);

    /** Parses an interval; empty if the text is not one. {@code zone} is for calendar units. */
    static Optional<Interval> parse(String text, ZoneId zone) {
        if (CALENDAR.containsKey(text)) {
            return Optional.of(new Interval(text, new CalendarSpec(CALENDAR.get(text), zone, false), zone));
        }
        return Optional.of(text)
                .filter(FIXED.asMatchPredicate())
                .map(DurationConverter::parseDuration)
                .filter(duration -> duration.compareTo(LONGEST) <= 0)
                .map(duration -> new Interval(text, new Tumbling(duration, Duration.ZERO, false), zone));
    }

    /** The zone of the IANA database with this name; empty if there is none. */
    static Optional<ZoneId> zone(String text) {
        return Optional.of(text).filter(ZoneId.getAvailableZoneIds()::contains).map(ZoneId::of);
    }

    /** Whether it is a calendar unit, whose start depends on the zone. */
    boolean hasZone() {
        return buckets instanceof CalendarSpec;
    }

    /** Start of the bucket that {@code time} lies in. */
    Instant start(Instant time) {
        return Instant.ofEpochMilli(buckets.firstStart(time.toEpochMilli()));
    }

    /** End of the bucket that begins at {@code start}, exclusive. */
    Instant end(Instant start) {
        return Instant.ofEpochMilli(buckets.firstEnd(start.toEpochMilli()));
    }

    @Override
    public Instant group(JsonNode result) {
        return start(ResultJson.time(result.at("/window/start")));
    }

    @Override
    public boolean holds(Instant start, Instant end) {
        return !end.isAfter(end(start));
    }

    @Override
    public void addTo(ObjectNode source) {
        ObjectNode histogram = source.putObject("date_histogram").put("field", "window.start");
        if (buckets instanceof Tumbling fixed) {
            histogram.put("fixed_interval", fixed.size().toMillis() + "ms");
        } else {
            histogram.put("calendar_interval", text).put("time_zone", zone.getId());
        }
    }

    /** The bucket, by the calendar used here, in which Elasticsearch's bucket starts. */
    @Override
    public Instant stored(JsonNode key) {
        return start(Instant.ofEpochMilli(key.asLong()));
    }

    @Override
    public void name(ObjectNode item, Instant start) {
        item.put("start", start.toString()).put("end", end(start).toString());
    }

    @Override
    public void check(int groups) {
        Rollup.check(groups, this);
    }

    @Override
    public Stream<Rollup.Entry<Instant>> shown(Stream<Rollup.Entry<Instant>> all) {
        return all;
    }

    @Override
    public String narrower() {
        return "choose a longer interval or a shorter time";
    }

    @Override
    public void describe(ObjectNode answer, int groups) {
        answer.put("interval", text).put("zone", zone.getId());
    }
}
