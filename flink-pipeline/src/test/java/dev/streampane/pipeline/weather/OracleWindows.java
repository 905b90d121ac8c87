// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.weather;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Kinds of windows by brute force: nothing here is shared with the operators. */
interface OracleWindows {

    /** {@code [start, end)} in ms. */
    record Span(long start, long end) {}

    /** The end that decides whether a record of that time is late. */
    long closes(long time);

    /** The end that decides whether a record of that time came late for this window. */
    default long ends(Span window, long time) {
        return window.end();
    }

    /** The start that decides whether this window may lack records before one of that time. */
    default long begins(Span window, long time) {
        return window.start();
    }

    /** The records of one key by their windows. */
    <R> Map<Span, List<R>> panes(List<R> records, ToLongFunction<R> time);

    /** Windows {@code [n * slide + offset, n * slide + offset + size)}: one is looked at after the other. */
    static OracleWindows of(long size, long slide, long offset) {
        return new OracleWindows() {

            private List<Span> with(long time) {
                var spans = new ArrayList<Span>();
                long first = Math.floorDiv(time, slide) - size / slide - offset / slide - 3;
                for (long n = first; n * slide + offset <= time; n++) {
                    var span = new Span(n * slide + offset, n * slide + offset + size);
                    if (time < span.end()) {
                        spans.add(span);
                    }
                }
                return spans;
            }

            @Override
            public long closes(long time) {
                return with(time).stream().mapToLong(Span::end).min().orElseThrow();
            }

            @Override
            public <R> Map<Span, List<R>> panes(List<R> records, ToLongFunction<R> time) {
                var panes = new HashMap<Span, List<R>>();
                for (R record : records) {
                    with(time.applyAsLong(record)).forEach(span -> panes.computeIfAbsent(span, s -> new ArrayList<>())
                            .add(record));
                }
                return panes;
            }
        };
    }

    /**
     * Records of a key in the order of their times; more than {@code gap} between two of them ends a session. What a record will merge with is not
     * known when it is read, so whether it came late is judged by the session that it alone would be (ADR 7). What lies up to a gap before
     * the first record would be of the session, and is missing where one of its partitions was not read from then on.
     */
    static OracleWindows sessions(long gap) {
        return new OracleWindows() {

            @Override
            public long closes(long time) {
                return time + gap;
            }

            @Override
            public long ends(Span window, long time) {
                return time + gap;
            }

            @Override
            public long begins(Span window, long time) {
                return window.start() - gap;
            }

            @Override
            public <R> Map<Span, List<R>> panes(List<R> records, ToLongFunction<R> time) {
                var panes = new HashMap<Span, List<R>>();
                var session = new ArrayList<R>();
                for (R record :
                        records.stream().sorted(Comparator.comparingLong(time)).toList()) {
                    if (!session.isEmpty()
                            && time.applyAsLong(record) - time.applyAsLong(session.get(session.size() - 1)) > gap) {
                        end(session, time, panes);
                    }
                    session.add(record);
                }
                if (!session.isEmpty()) {
                    end(session, time, panes);
                }
                return panes;
            }

            private <R> void end(List<R> session, ToLongFunction<R> time, Map<Span, List<R>> panes) {
                long start = time.applyAsLong(session.get(0));
                long last = time.applyAsLong(session.get(session.size() - 1));
                panes.put(new Span(start, last + gap), List.copyOf(session));
                session.clear();
            }
        };
    }

    /** No window ever closes, and every record may lack earlier ones. */
    static OracleWindows endless() {
        return new Endless();
    }

    /** All records of a key in one window that never closes. */
    class Endless implements OracleWindows {

        @Override
        public long closes(long time) {
            return Long.MAX_VALUE;
        }

        @Override
        public long ends(Span window, long time) {
            return Long.MAX_VALUE;
        }

        @Override
        public long begins(Span window, long time) {
            return Long.MIN_VALUE;
        }

        @Override
        public <R> Map<Span, List<R>> panes(List<R> records, ToLongFunction<R> time) {
            return Map.of(new Span(0, Long.MAX_VALUE), records);
        }
    }
}
