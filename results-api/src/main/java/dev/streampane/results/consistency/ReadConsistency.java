// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.consistency;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.Position;
import dev.streampane.results.log.TopicPosition;
import dev.streampane.results.problem.Parameter;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.security.Access;
import dev.streampane.results.security.Bulkhead;
import dev.streampane.results.store.IndexedLog;
import dev.streampane.results.tail.TailFeeds;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.UniEmitter;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * {@code atLeast=<position>}: an answer is never older than a position that the caller has seen, whichever process issued it.
 *
 * <p>Three steps share {@code results.query.at-least-timeout}: {@link #of} reads the parameter; {@link #reached} waits until this process's tail has
 * the position; then the tail is read, and {@link #awaitCoverage} waits until the store's searches show everything below the tail. Of a position,
 * only the topic counts that the query reads from, by default that of results. No thread is blocked while it waits.
 */
@Singleton
public class ReadConsistency {

    /** The position up to which an answer must hold. */
    public static final Parameter<Optional<String>> PARAMETER =
            Parameter.raw("atLeast", """
            A position that an answer or an event carried: the answer holds at least up to it. The request waits for this as
            long as `results.query.at-least-timeout` says; after that, the answer is a 504 with the position that was reached.
            """).with("maxLength", Position.MAX_LENGTH);

    /** Shortest time limit of a request to the broker, however short the wait for a position is. */
    private static final Duration LEAST_TIME = Duration.ofSeconds(1);

    /**
     * What an answer must hold.
     *
     * @param position the answer must hold everything below it; empty: there is no requirement
     * @param deadline when waiting ends, by {@link System#nanoTime}
     */
    public record Requirement(Optional<TopicPosition> position, long deadline) {
        Duration left() {
            return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
        }

        /** The same with a deadline of {@code time} from now. */
        public Requirement within(Duration time) {
            return new Requirement(position, System.nanoTime() + time.toNanos());
        }
    }

    /**
     * How much an answer from tail and store holds.
     *
     * @param complete false: Elasticsearch does not show yet everything that is not in the tail
     * @param position everything below it is in the answer
     */
    public record Coverage(boolean complete, TopicPosition position) {

        /** The coverage of an answer that combines this read with a later one. */
        public Coverage and(Coverage later) {
            return new Coverage(complete && later.complete, position.lower(later.position));
        }

        /** Why rows may be missing or in an older revision; empty when the answer is complete. */
        public Optional<String> reason() {
            return complete ? Optional.empty() : Optional.of("store-behind");
        }
    }

    private record Waiter(TopicPosition wanted, UniEmitter<? super Void> emitter) {}

    private final TailFeeds feeds;
    private final IndexedLog indexed;
    private final LogReaders readers;
    private final Set<String> topics;
    private final Duration timeout;
    private final Duration retryAfter;
    private final Bulkhead topicIdLookups;
    private final Queue<Waiter> waiting = new ConcurrentLinkedQueue<>();

    public ReadConsistency(TailFeeds feeds, IndexedLog indexed, LogReaders readers, ResultsConfig config) {
        this.feeds = feeds;
        this.indexed = indexed;
        this.readers = readers;
        this.topics = Set.of(config.topic(), config.alertsTopic(), config.wordsTopic());
        this.timeout = config.query().atLeastTimeout();
        this.retryAfter = config.query().retryAfter();
        this.topicIdLookups =
                new Bulkhead(config.query().maxPages(), ProblemType.TOO_MANY_QUERIES, "topic id lookups", retryAfter);
        feeds.onMore(this::more);
    }

    /** Reads the parameter, and refuses a text that is not a position in the served topics. The deadline counts from now. */
    public Requirement of(Parameters parameters) {
        return of(parameters, feeds.resultsTopic());
    }

    /** The same for a query that reads from {@code topic}. */
    public Requirement of(Parameters parameters, String topic) {
        Optional<String> text = parameters.get(PARAMETER);
        Optional<Position> position = text.flatMap(Position::parse);
        if (text.isPresent() && position.isEmpty()) {
            parameters.refuse(
                    PARAMETER.name(),
                    "is not a position; allowed is the id of an event, or the 'position' of an answer");
        }
        if (position.stream()
                .flatMap(known -> known.topics().stream())
                .anyMatch(other -> !topics.contains(other.name()))) {
            parameters.refuse(PARAMETER.name(), "is a position in topics that are not served here");
            position = Optional.empty();
        }
        return of(position.flatMap(known -> known.topic(topic)));
    }

    /** The requirement of everything below a position; the deadline counts from now. */
    public Requirement of(Optional<TopicPosition> position) {
        return new Requirement(position, 0).within(timeout);
    }

    /**
     * Waits until the tail has reached the position.
     *
     * <p>Fails with 504 when the tail does not reach it in time, and with 400 when the topic was recreated since. After a wait, completes on a worker
     * thread, because the consumer's thread must go on reading.
     */
    public Uni<Void> reached(Requirement wanted, Access access) {
        if (wanted.position().isEmpty() || has(wanted.position().get())) {
            return Uni.createFrom().voidItem();
        }
        TopicPosition position = wanted.position().get();
        return requireCurrentTopic(position, access)
                .chain(() -> await(position, wanted.left()))
                .emitOn(Infrastructure.getDefaultExecutor());
    }

    /** Readers of the log for queries that make others wait: a call fails after {@code results.query.at-least-timeout}, at least one second. */
    public LogReaders readers(Access access) {
        return readers.of(access.name()).within(timeout.compareTo(LEAST_TIME) < 0 ? LEAST_TIME : timeout);
    }

    /** Fails with 400 when the topic was recreated since; at most {@code results.query.max-pages} calls ask the broker at once, one more gets 503. */
    Uni<Void> requireCurrentTopic(TopicPosition position, Access access) {
        return here(position.name())
                        .filter(now -> !now.id().equals(position.id()))
                        .isPresent()
                ? topicIdLookups.run(access, () -> checkTopicId(position, access))
                : Uni.createFrom().voidItem();
    }

    /**
     * The coverage of tail and store together. Waits, until the deadline, for the store's searches to show everything below the tail.
     *
     * <p>If they do not show everything by then, fails with 504 when something below the required position is missing; otherwise the coverage is not
     * complete.
     *
     * @param read the tail's position before it was read
     * @param earliest the tail's earliest offsets after it was read
     */
    public Uni<Coverage> awaitCoverage(Requirement wanted, TopicPosition read, TopicPosition earliest) {
        return indexed.shows(earliest, wanted.left())
                .chain(all -> all || wanted.position().isEmpty()
                        ? Uni.createFrom().item(all)
                        : enough(wanted, earliest, Duration.ZERO))
                .map(all -> all ? new Coverage(true, read) : new Coverage(false, held(read, earliest)));
    }

    /**
     * The same for a caller that needs no more than the required position: waits only until searches show everything below it, and fails with 504
     * when they do not in time. Without a required position it is {@link #awaitCoverage}.
     */
    public Uni<Coverage> awaitRequired(Requirement wanted, TopicPosition read, TopicPosition earliest) {
        return wanted.position().isEmpty()
                ? awaitCoverage(wanted, read, earliest)
                : enough(wanted, earliest, wanted.left())
                        .map(all -> new Coverage(visible(earliest).reaches(earliest), held(read, earliest)));
    }

    private Uni<Boolean> enough(Requirement wanted, TopicPosition earliest, Duration wait) {
        TopicPosition position = wanted.position().orElseThrow();
        boolean alive = position.id().equals(earliest.id());
        return indexed.shows(alive ? position.lower(earliest) : earliest, wait).map(enough -> {
            if (!enough) {
                throw notYet(
                        ProblemType.STORE_BEHIND.meaning(), visible(earliest).toString());
            }
            return false;
        });
    }

    /** Per partition, the offset below which everything is visible; where store and tail leave no gap, the offset up to which the tail was read. */
    private TopicPosition held(TopicPosition read, TopicPosition earliest) {
        long[] held = Arrays.copyOf(visible(earliest).offsets(), earliest.offsets().length);
        long[] all = read.withPartitions(held.length).offsets();
        Arrays.setAll(held, p -> held[p] < earliest.offsets()[p] ? held[p] : all[p]);
        return new TopicPosition(read.name(), read.id(), held);
    }

    private TopicPosition visible(TopicPosition earliest) {
        int partitions = earliest.offsets().length;
        return indexed.visible(earliest.name())
                .filter(known -> known.id().equals(earliest.id()))
                .map(known -> known.withPartitions(partitions))
                .orElseGet(() -> new TopicPosition(earliest.name(), earliest.id(), new long[partitions]));
    }

    private Uni<Void> await(TopicPosition position, Duration time) {
        if (time.isZero()) {
            return Uni.createFrom().failure(() -> notRead(position.name()));
        }
        return Uni.createFrom()
                .<Void>emitter(emitter -> {
                    Waiter waiter = new Waiter(position, emitter);
                    emitter.onTermination(() -> waiting.remove(waiter));
                    waiting.add(waiter);
                    if (has(position)) {
                        emitter.complete(null);
                    }
                })
                .ifNoItem()
                .after(time)
                .failWith(() -> notRead(position.name()));
    }

    private ProblemException notRead(String topic) {
        return notYet(
                "This process has not read the log up to this position yet.",
                here(topic).map(TopicPosition::toString).orElse(""));
    }

    /** Asks the broker whether the position has the topic's current id: this process may not have noticed yet that the topic was recreated. */
    private Uni<Void> checkTopicId(TopicPosition position, Access access) {
        return readers(access)
                .layout(position.name())
                .invoke(now -> {
                    if (!now.topicId().equals(position.id())) {
                        throw ProblemException.invalid(
                                PARAMETER.name(),
                                "is a position of topic " + position.name() + " before it was recreated");
                    }
                })
                .replaceWithVoid();
    }

    /** Number of requests that wait for the tail. */
    public int waiting() {
        return waiting.size();
    }

    private void more() {
        waiting.stream().filter(waiter -> has(waiter.wanted())).forEach(waiter -> waiter.emitter()
                .complete(null));
    }

    private boolean has(TopicPosition wanted) {
        return here(wanted.name()).filter(now -> now.reaches(wanted)).isPresent();
    }

    private Optional<TopicPosition> here(String topic) {
        return feeds.tail().reached().topic(topic);
    }

    /** The problem of an unknown id: 404 when the answer is complete, else 503, as the store may not show it yet. */
    public ProblemException missing(String kind, String id, Coverage shown) {
        return shown.complete() ? ProblemException.unknownId(kind, id) : behind();
    }

    /** What {@code find} returns. While results may be missing, its problem is replaced by a 503, because they may be what it lacks. */
    public <T> T found(Coverage shown, Supplier<T> find) {
        try {
            return find.get();
        } catch (ProblemException e) {
            throw shown.complete() ? e : behind();
        }
    }

    /** 503: the store may not show yet what is asked for. */
    public ProblemException behind() {
        return ProblemException.unavailable(ProblemType.STORE_BEHIND, retryAfter);
    }

    static ProblemException notYet(String detail, String position) {
        return new ProblemException(Problem.of(ProblemType.NOT_YET, detail).withMember("position", position));
    }
}
