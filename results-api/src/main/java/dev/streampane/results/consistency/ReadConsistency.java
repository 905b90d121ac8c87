// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.consistency;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.log.LogReaders;
import dev.streampane.results.log.Position;
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

/**
 * {@code atLeast=<position>}: answers that are never older than what the caller was told, whatever process told it.
 *
 * <p>In three steps, within {@code results.query.at-least-timeout} altogether: {@link #of} reads the parameter; {@link #reached} waits until
 * this process's tail has the position; then the tail is read, and {@link #shown} says whether the store's searches show what lies below the
 * tail. Of a position's topics the one of results counts; the others are none that these queries touch. No thread is held while it waits.
 */
@Singleton
public class ReadConsistency {

    /** The position that an answer must hold up to. */
    public static final Parameter<Optional<String>> PARAMETER =
            Parameter.raw("atLeast", """
            A position that an answer or an event carried: the answer holds at least up to it. Waited for as long as
            `results.query.at-least-timeout` says; then 504 with the position that was reached.
            """).with("maxLength", Position.MAX_LENGTH);

    /** A broker is asked for no less time, however short the wait for a position is. */
    private static final Duration LEAST_TIME = Duration.ofSeconds(1);

    /**
     * What an answer must hold.
     *
     * @param position up to where; empty: it does not matter
     * @param deadline when waiting ends, by {@link System#nanoTime}
     */
    public record Requirement(Optional<Position.Topic> position, long deadline) {
        Duration left() {
            return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
        }

        /** The same, waited for from now on for so long. */
        public Requirement within(Duration time) {
            return new Requirement(position, System.nanoTime() + time.toNanos());
        }
    }

    /**
     * What an answer out of tail and store holds.
     *
     * @param complete false: Elasticsearch has not everything yet that is not in the tail
     * @param position everything below is in the answer
     */
    public record Coverage(boolean complete, Position.Topic position) {

        /** What an answer holds of which this was read first, and {@code later} then. */
        public Coverage and(Coverage later) {
            return new Coverage(complete && later.complete, position.lower(later.position));
        }

        /** Why rows may be missing, or be there in an older revision; nothing when the answer has all. */
        public Optional<String> reason() {
            return complete ? Optional.empty() : Optional.of("store-behind");
        }
    }

    private record Waiter(Position.Topic wanted, UniEmitter<? super Void> emitter) {}

    private final TailFeeds feeds;
    private final IndexedLog indexed;
    private final LogReaders readers;
    private final Set<String> topics;
    private final Duration timeout;
    private final Duration retryAfter;
    private final Bulkhead lives;
    private final Queue<Waiter> waiting = new ConcurrentLinkedQueue<>();

    public ReadConsistency(TailFeeds feeds, IndexedLog indexed, LogReaders readers, ResultsConfig config) {
        this.feeds = feeds;
        this.indexed = indexed;
        this.readers = readers;
        this.topics = Set.of(config.topic(), config.alertsTopic(), config.wordsTopic());
        this.timeout = config.query().atLeastTimeout();
        this.retryAfter = config.query().retryAfter();
        this.lives = new Bulkhead(
                config.query().maxPages(),
                ProblemType.TOO_MANY_QUERIES,
                "questions for the life of a topic",
                retryAfter);
        feeds.onMore(this::more);
    }

    /** Reads the parameter; what is no position of the topics here is refused. The time begins to run. */
    public Requirement of(Parameters parameters) {
        return of(parameters, feeds.resultsTopic());
    }

    /** The same for who answers from another of the topics. */
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
        return new Requirement(position.flatMap(known -> known.topic(topic)), System.nanoTime() + timeout.toNanos());
    }

    /** The same for what is read later: the time begins to run again. */
    public Requirement again(Requirement wanted) {
        return wanted.within(timeout);
    }

    /**
     * Waits until the tail has it.
     *
     * <p>Fails with 504 when it does not in time, with 400 when the position is of an earlier life of the topic. What comes after a wait
     * runs on a worker's thread: the tail's own reads on.
     */
    public Uni<Void> reached(Requirement wanted, Access access) {
        if (wanted.position().isEmpty() || has(wanted.position().get())) {
            return Uni.createFrom().voidItem();
        }
        Position.Topic position = wanted.position().get();
        return ofThisLife(position, access)
                .chain(() -> await(position, wanted.left()))
                .emitOn(Infrastructure.getDefaultExecutor());
    }

    /** Readers of the log for a query that keeps others waiting meanwhile: they answer within {@code results.query.at-least-timeout}, or a second. */
    public LogReaders readers(Access access) {
        return readers.of(access.name()).within(timeout.compareTo(LEAST_TIME) < 0 ? LEAST_TIME : timeout);
    }

    /** Fails with 400 when a position is of an earlier life of its topic; so many ask the broker at once as there may be pages of windows. */
    Uni<Void> ofThisLife(Position.Topic position, Access access) {
        return feeds.tail()
                        .reached()
                        .topic(position.name())
                        .filter(now -> !now.id().equals(position.id()))
                        .isPresent()
                ? lives.run(access, () -> refuseEarlierLife(position, access))
                : Uni.createFrom().voidItem();
    }

    /**
     * What tail and store show together, once the store's searches show everything below the tail.
     *
     * <p>Waits a while for that. If it does not come true, fails with 504 when something that is wanted is missing, too.
     *
     * @param read where the tail was before it was read
     * @param earliest where it began after it was read
     */
    public Uni<Coverage> shown(Requirement wanted, Position.Topic read, Position.Topic earliest) {
        return indexed.shows(earliest, wanted.left())
                .chain(all -> all || wanted.position().isEmpty()
                        ? Uni.createFrom().item(all)
                        : enough(wanted, earliest, Duration.ZERO))
                .map(all -> all ? new Coverage(true, read) : new Coverage(false, held(read, earliest)));
    }

    /**
     * The same for who needs no more than what is wanted: waits for that alone, and fails with 504 when it does not come true. Waits for
     * everything when nothing is wanted.
     */
    public Uni<Coverage> told(Requirement wanted, Position.Topic read, Position.Topic earliest) {
        return wanted.position().isEmpty()
                ? shown(wanted, read, earliest)
                : enough(wanted, earliest, wanted.left())
                        .map(all -> new Coverage(visible(earliest).reaches(earliest), held(read, earliest)));
    }

    private Uni<Boolean> enough(Requirement wanted, Position.Topic earliest, Duration wait) {
        Position.Topic position = wanted.position().orElseThrow();
        boolean alive = position.id().equals(earliest.id());
        return indexed.shows(alive ? position.lower(earliest) : earliest, wait).map(enough -> {
            if (!enough) {
                throw notYet(
                        ProblemType.STORE_BEHIND.meaning(), visible(earliest).toString());
            }
            return false;
        });
    }

    /** What is visible, and in partitions without a hole between store and tail all that was read. */
    private Position.Topic held(Position.Topic read, Position.Topic earliest) {
        long[] held = Arrays.copyOf(visible(earliest).offsets(), earliest.offsets().length);
        long[] all = read.withPartitions(held.length).offsets();
        for (int partition = 0; partition < held.length; partition++) {
            if (held[partition] >= earliest.offsets()[partition]) {
                held[partition] = all[partition];
            }
        }
        return new Position.Topic(read.name(), read.id(), held);
    }

    private Position.Topic visible(Position.Topic earliest) {
        int partitions = earliest.offsets().length;
        return indexed.visible(earliest.name())
                .filter(known -> known.id().equals(earliest.id()))
                .map(known -> known.withPartitions(partitions))
                .orElseGet(() -> new Position.Topic(earliest.name(), earliest.id(), new long[partitions]));
    }

    private Uni<Void> await(Position.Topic position, Duration time) {
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
                "This process has not read the log so far yet.",
                here(topic).map(Position.Topic::toString).orElse(""));
    }

    /** Which life of the topic is the newer one the broker knows; this process notices only after a while. */
    private Uni<Void> refuseEarlierLife(Position.Topic position, Access access) {
        return readers(access)
                .layout(position.name())
                .invoke(now -> {
                    if (!now.topicId().equals(position.id())) {
                        throw ProblemException.invalid(
                                PARAMETER.name(),
                                "is a position in an earlier life of topic "
                                        + position.name()
                                        + ", which was recreated since");
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

    private boolean has(Position.Topic wanted) {
        return here(wanted.name()).filter(now -> now.reaches(wanted)).isPresent();
    }

    private Optional<Position.Topic> here(String topic) {
        return feeds.tail().reached().topic(topic);
    }

    /** What is not found may be where the store does not show it yet. */
    public ProblemException missing(String kind, String id, Coverage shown) {
        return shown.complete() ? new ProblemException(Problem.unknownId(kind, id)) : behind();
    }

    /** 503: what is asked for may be where the store does not show it yet. */
    public ProblemException behind() {
        return ProblemException.unavailable(ProblemType.STORE_BEHIND, retryAfter);
    }

    static ProblemException notYet(String detail, String position) {
        return new ProblemException(Problem.of(ProblemType.NOT_YET, detail).withMember("position", position));
    }
}
