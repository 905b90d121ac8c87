// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.model;

import dev.streampane.results.Fixtures;
import dev.streampane.results.Log;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Writes as jobs do: windows with late and older revisions, sessions that merge and are retracted, alerts and counts of words, in
 * transactions of two producers that overlap, some of them aborted. What is aborted has the {@link #GHOST} count or name, so that it is known wherever it shows.
 */
final class RandomWriter implements AutoCloseable {

    /** The count, or part of the name, of what was never committed. */
    static final long GHOST = 666;

    static final String[] JOBS = {"model-a", "model-b"};
    static final int KEYS = 5;

    private static final DateTimeFormatter ID_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final int NEWEST_WINDOWS = 4;
    private static final int PARTITIONS = 4;

    private record Revision(int generation, int rev) {}

    private record Session(String key, Instant start, Instant end) {}

    private final List<Log> logs;
    private final Random random;
    private final int firstGeneration;
    private final Map<String, Revision> newest = new HashMap<>();
    private final List<Session> sessions = new ArrayList<>();
    private final List<Runnable> onCommit = new ArrayList<>();
    private int written;

    /**
     * @param firstGeneration higher than those of an earlier life of the topics
     */
    RandomWriter(String bootstrapServers, long seed, int firstGeneration) {
        this.logs = List.of(new Log(bootstrapServers), new Log(bootstrapServers));
        this.random = new Random(seed);
        this.firstGeneration = firstGeneration;
    }

    /** Writes about so many records that are committed. */
    void write(int records) {
        int end = written + records;
        while (written < end) {
            boolean overlap = random.nextInt(4) == 0;
            if (overlap) {
                logs.get(1).begin();
                ghost(logs.get(1));
                logs.get(1).flush();
            }
            transaction(logs.get(0));
            if (overlap) {
                logs.get(1).abort();
            }
        }
    }

    @Override
    public void close() {
        logs.forEach(Log::close);
    }

    private void transaction(Log log) {
        log.begin();
        if (random.nextInt(6) == 0) {
            for (int n = random.nextInt(4); n >= 0; n--) {
                ghost(log);
            }
            log.abort();
            return;
        }
        for (int n = random.nextInt(8); n >= 0; n--) {
            switch (random.nextInt(10)) {
                case 0 -> session(log);
                case 1 -> add(log, "alerts", "c" + random.nextInt(KEYS), alert("a" + written));
                case 2 -> add(log, "word-counts", "w" + written, word("w" + firstGeneration + "-" + written));
                default -> window(log);
            }
            written++;
        }
        log.commit();
        onCommit.forEach(Runnable::run);
        onCommit.clear();
    }

    private void window(Log log) {
        String job = JOBS[random.nextInt(JOBS.length)];
        String key = "k" + random.nextInt(KEYS);
        int minute = written / 60 + random.nextInt(NEWEST_WINDOWS);
        Instant start = Fixtures.SIX.plusSeconds(60L * minute);
        String id = Fixtures.id(job, key, start);
        Revision known = newest.get(id);
        Revision next = known == null
                ? new Revision(firstGeneration, 1)
                : random.nextInt(8) == 0
                        ? new Revision(known.generation() + 1, 1)
                        : new Revision(known.generation(), known.rev() + 1);
        newest.put(id, next);
        boolean complete = random.nextInt(5) > 0;
        String result = Fixtures.result(job, key, start, next.generation(), next.rev(), complete)
                .replace("\"count\":30", "\"count\":" + (1 + random.nextInt(600)));
        add(log, "window-results", key, result);
    }

    /** A session; or one that is longer in its place, which retracts it. */
    private void session(Log log) {
        if (sessions.isEmpty() || random.nextInt(3) > 0) {
            Instant start = Fixtures.SIX.plusSeconds(100L * sessions.size() + written);
            Session session = new Session("k" + random.nextInt(KEYS), start, start.plusSeconds(40));
            add(log, "window-results", session.key(), session(session));
            onCommit.add(() -> sessions.add(session));
            return;
        }
        Session old = sessions.remove(random.nextInt(sessions.size()));
        Session merged = new Session(old.key(), old.start(), old.end().plusSeconds(45));
        add(log, "window-results", merged.key(), session(merged));
        add(
                log,
                "window-results",
                old.key(),
                session(old)
                        .replace("\"rev\":1", "\"rev\":2")
                        .replace("\"status\":\"FINAL\"", "\"status\":\"RETRACTED\"")
                        .replace("\"cause\":\"watermark\"", "\"cause\":\"merged\"")
                        .replace("\"complete\":true", "\"complete\":true,\"mergedInto\":\"" + id(merged) + "\""));
        onCommit.add(() -> sessions.add(merged));
    }

    private String session(Session session) {
        String window = Fixtures.result(JOBS[0], session.key(), session.start());
        return window.replace(Fixtures.id(JOBS[0], session.key(), session.start()), id(session))
                .replace("tumbling(1m)", "session(30s)")
                .replace("\"kind\":\"tumbling\"", "\"kind\":\"session\"")
                .replace("\"generation\":1", "\"generation\":" + firstGeneration)
                .replace("\"end\":\"" + session.start().plusSeconds(60), "\"end\":\"" + session.end());
    }

    private static String id(Session session) {
        return "%s~session-30s~%s~%s~%s"
                .formatted(JOBS[0], session.key(), ID_TIME.format(session.start()), ID_TIME.format(session.end()));
    }

    private String alert(String id) {
        return Fixtures.text(Fixtures.contract("alert").resolve("examples/small-then-large.json"))
                .replace("~7~transactions-2-4711", "~7~" + id)
                .replaceFirst("\"generation\":\\d+", "\"generation\":" + firstGeneration);
    }

    private static String word(String word) {
        return "{\"op\":\"+I\",\"word\":\"" + word + "\",\"count\":1}";
    }

    private void ghost(Log log) {
        Instant start = Fixtures.SIX.plusSeconds(60L * random.nextInt(20));
        String ghost =
                Fixtures.result(JOBS[0], "k0", start, 9_999, 1, true).replace("\"count\":30", "\"count\":" + GHOST);
        add(log, "window-results", "k" + random.nextInt(KEYS), ghost);
        add(log, "alerts", "k", alert("ghost"));
        add(log, "word-counts", "k", word("ghost"));
    }

    private static void add(Log log, String topic, String key, String value) {
        int partitions = topic.equals("word-counts") ? 1 : PARTITIONS;
        int partition = Math.floorMod(key.hashCode(), partitions);
        log.add(topic, partition, key, value);
    }
}
