// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.log.KafkaAccess;
import dev.streampane.results.log.TopicFollower;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The {@link Tail} of this process, filled by one consumer per topic, and the newest window of each job. */
@Singleton
public class TailFeeds implements AutoCloseable {

    private static final int MAX_JOBS = 1_000;
    private static final long LEAST_BYTES = 64 << 10;

    /**
     * The newest window has the latest end and, among windows with that end, the earliest start: when sessions merge, the result of the merged
     * session comes before the retractions of the shorter ones.
     */
    private static final Comparator<NewestWindow> ORDER = Comparator.comparing(NewestWindow::end)
            .thenComparing(NewestWindow::start, Comparator.reverseOrder())
            .thenComparing(NewestWindow::id);

    private final Tail tail;
    private final TopicFollower results;
    private final TopicFollower alerts;
    private final TopicFollower words;
    private final Map<String, Arrival> arrivals = new ConcurrentHashMap<>();

    /** Jobs whose newest window was retracted by the poll that is being read; used by the consumer of results alone. */
    private final Set<String> retracted = new HashSet<>();

    private volatile boolean loaded;
    private volatile boolean settled;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** Feeds that read nothing until {@link #begin}. */
    @SuppressWarnings("this-escape")
    public TailFeeds(KafkaAccess kafka, ResultsConfig config, MeterRegistry metrics) {
        long bytes = config.tailBytes()
                .map(size -> size.asLongValue())
                .orElse(Runtime.getRuntime().maxMemory() / 4);
        TopicRetention ofResults = kept(config, config.topic(), TailEntry.Kind.WINDOW, bytes);
        TopicRetention ofAlerts = kept(config, config.alertsTopic(), TailEntry.Kind.ALERT, bytes / 4);
        TopicRetention ofWords = kept(config, config.wordsTopic(), TailEntry.Kind.WORD, bytes / 4);
        tail = new Tail(List.of(ofResults, ofAlerts, ofWords));
        results = new TopicFeed(tail, ofResults, "results", this::forget, this::note, this::settle, metrics)
                .follower(kafka);
        alerts = new TopicFeed(tail, ofAlerts, "alerts", () -> {}, entry -> {}, this::more, metrics).follower(kafka);
        words = new TopicFeed(tail, ofWords, "words", () -> {}, entry -> {}, this::more, metrics).follower(kafka);
    }

    void begin(@Observes StartupEvent event) {
        begin();
    }

    /** Starts the consumers. */
    public void begin() {
        followers().forEach(TopicFollower::start);
    }

    void end(@Observes @Priority(2_000) ShutdownEvent event) {
        close();
    }

    @Override
    public void close() {
        followers().forEach(TopicFollower::close);
    }

    /** Whether the results topic has been read to its end once; from then on the tail is served, even while the broker is away. */
    public boolean loaded() {
        return loaded;
    }

    /** Whether results have been read to their end once, and each other topic has, too, or is missing or not readable for this user. */
    public boolean settled() {
        if (!settled) { // stays true: streams must not wait when read access to a topic is granted later
            settled = loaded()
                    && Stream.of(alerts, words)
                            .allMatch(other -> tail.buffer(other.topic()).loaded() || other.missing());
        }
        return settled;
    }

    /** Whether the broker's last answer was that the alerts topic does not exist, or that this user may not read it. */
    public boolean alertsMissing() {
        return alerts.missing();
    }

    /** State of the consumer of results. */
    public TopicFollower.State state() {
        return results.state();
    }

    /** Whether the consumers' threads are alive and make progress. */
    public boolean alive() {
        return followers().allMatch(TopicFollower::alive);
    }

    /** The tail that the consumers fill. */
    public Tail tail() {
        return tail;
    }

    /** Number of results in the tail. */
    public int size() {
        return tail.buffer(results.topic()).size();
    }

    /** The topic of results. */
    public String resultsTopic() {
        return results.topic();
    }

    /** The topic of alerts. */
    public String alertsTopic() {
        return alerts.topic();
    }

    /** Per job, the newest window that this process has read and that is not retracted. */
    public Map<String, NewestWindow> newestWindows() {
        return arrivals.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, newest -> newest.getValue()
                .window()));
    }

    /** Per job, how the first result of its newest window arrived. */
    public Map<String, Arrival> arrivals() {
        return Map.copyOf(arrivals);
    }

    /** Whether this process has read a window of the job that is not retracted. */
    public boolean knows(String job) {
        return arrivals.containsKey(job);
    }

    private Optional<Arrival> inTail(String job) {
        TailIndex index = tail.index();
        return index.windows(job, false, Optional.empty()).stream()
                .filter(entry -> !entry.isRetracted())
                .max(Comparator.comparing(TailFeeds::window, ORDER))
                .map(newest -> new Arrival(
                        window(newest),
                        Instant.ofEpochMilli(index.revisions(newest.id()).stream()
                                .mapToLong(TailEntry::appended)
                                .min()
                                .orElse(newest.appended())),
                        Optional.empty()));
    }

    /** Calls {@code listener} on a consumer's thread whenever the tail has new entries, or its epoch has changed. */
    public void onMore(Runnable listener) {
        listeners.add(listener);
    }

    private Stream<TopicFollower> followers() {
        return Stream.of(results, alerts, words);
    }

    /** Makes the window before a retracted one the newest, once the tail has all of the poll, or all of the load. */
    private void settle() {
        loaded = true;
        retracted.forEach(
                job -> arrivals.compute(job, (name, gone) -> inTail(name).orElse(null)));
        retracted.clear();
        more();
    }

    private void more() {
        listeners.forEach(Runnable::run);
    }

    private static TopicRetention kept(ResultsConfig config, String topic, TailEntry.Kind kind, long bytes) {
        return new TopicRetention(topic, kind, config.tailSize(), Math.max(LEAST_BYTES, bytes), config.tailAge());
    }

    private void forget() {
        arrivals.clear();
        retracted.clear();
    }

    private void note(TailEntry entry) {
        if (entry.isRetracted()) {
            Arrival newest = arrivals.get(entry.job());
            if (newest != null && newest.window().id().equals(entry.id())) {
                retracted.add(entry.job());
            }
        } else if (arrivals.size() < MAX_JOBS || arrivals.containsKey(entry.job())) {
            NewestWindow window = window(entry);
            arrivals.compute(entry.job(), (job, known) -> {
                int order = known == null ? 1 : ORDER.compare(window, known.window());
                if (order < 0) {
                    return known;
                }
                retracted.remove(job);
                return order == 0
                        ? new Arrival(window, known.appended(), known.read())
                        : new Arrival(
                                window,
                                Instant.ofEpochMilli(entry.appended()),
                                loaded ? Optional.of(Instant.now()) : Optional.empty());
            });
        }
    }

    private static NewestWindow window(TailEntry entry) {
        return new NewestWindow(entry.id(), entry.key(), entry.start(), entry.end(), entry.generation());
    }
}
