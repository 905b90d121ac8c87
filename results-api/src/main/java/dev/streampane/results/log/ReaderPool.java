// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;

/**
 * A pool of a few threads; each has a consumer and an admin client while it runs a call. Callers take turns: a caller with many calls in the queue
 * waits for its own calls, and other callers do not.
 *
 * <p>Clients are created on demand, kept for later calls, and closed when a call fails. A call whose subscriber has cancelled is not started. After
 * {@link #close} every call fails, waiting ones included.
 */
final class ReaderPool {

    /** The Kafka clients of a running call. */
    record Clients(Consumer<byte[], byte[]> consumer, Admin admin) {}

    /**
     * A consumer reads one small range per call. Whatever else the broker sends is thrown away, so fetches are small. After each fetch the consumer
     * sends the next one, and its later requests to that broker wait for the answer, at a partition's end for {@code fetch.max.wait.ms}: so that is
     * 1 ms. A request about a deleted partition is never answered: it times out early, and {@link LogReaders} looks up the topic again.
     */
    private static final Map<String, Object> PIECES = Map.of(
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 256 << 10,
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 1,
            ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 4_000);

    private static final Duration RETRY = Duration.ofSeconds(5);

    /** Most calls that may wait for a thread, and twice the most that one caller may have waiting; one more is refused. */
    static final int MAX_WAITING = 10_000;

    private final KafkaAccess kafka;
    private final String name;
    private final ThreadPoolExecutor threads;
    private final Deque<Clients> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger made = new AtomicInteger();

    /** Number of waiting calls per caller. */
    private final Map<String, Integer> queuedByCaller = new HashMap<>();

    /** Highest turn of the calls that have begun. */
    private long turn;

    ReaderPool(KafkaAccess kafka, String name, int size) {
        this.kafka = kafka;
        this.name = name;
        this.threads = new ThreadPoolExecutor(
                size, size, 0, TimeUnit.SECONDS, new PriorityBlockingQueue<>(), new DefaultThreadFactory(name, true));
    }

    /** Runs {@code task} on one of the threads when it is the caller's turn; fails with 503 when Kafka fails, or when too many calls wait. */
    <T> Uni<T> call(String caller, Function<Clients, T> task) {
        return Uni.createFrom()
                .<T>emitter(emitter -> {
                    Call<T> call = new Call<>(caller, takeTurn(caller), task, emitter);
                    emitter.onTermination(() -> leave(call));
                    threads.execute(call);
                })
                // a pool that is closed rejects calls
                .onFailure(
                        failure -> failure instanceof KafkaException || failure instanceof RejectedExecutionException)
                .transform(failure -> away());
    }

    /** The turn after the waiting calls of the same caller; throws a 503 when the queue is full, or half of it is taken by the caller. */
    private synchronized long takeTurn(String caller) {
        if (waiting() >= MAX_WAITING || queuedByCaller.getOrDefault(caller, 0) >= MAX_WAITING / 2) {
            throw ProblemException.unavailable(
                    ProblemType.TOO_MANY_QUERIES,
                    "The limit of waiting reads of the log is reached: " + MAX_WAITING,
                    RETRY);
        }
        return turn + queuedByCaller.merge(caller, 1, Integer::sum);
    }

    private synchronized void begin(Call<?> call) {
        turn = Math.max(turn, call.turn);
        removeFromQueue(call);
    }

    private synchronized void leave(Call<?> call) {
        if (threads.remove(call)) {
            removeFromQueue(call);
        }
    }

    private void removeFromQueue(Call<?> call) {
        queuedByCaller.computeIfPresent(call.caller, (caller, calls) -> calls == 1 ? null : calls - 1);
    }

    /** Number of calls that wait for a thread. */
    int waiting() {
        return threads.getQueue().size();
    }

    /** Interrupts running calls, fails waiting ones, and closes all clients, within about five seconds. */
    void close() {
        threads.shutdownNow().forEach(waiting -> ((Call<?>) waiting).emitter.fail(away()));
        try {
            threads.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Clients clients = idle.poll(); clients != null; clients = idle.poll()) {
            close(clients);
        }
    }

    private final class Call<T> implements Runnable, Comparable<Call<?>> {
        private final String caller;
        private final long turn;
        private final Function<Clients, T> task;
        private final UniEmitter<? super T> emitter;

        private Call(String caller, long turn, Function<Clients, T> task, UniEmitter<? super T> emitter) {
            this.caller = caller;
            this.turn = turn;
            this.task = task;
            this.emitter = emitter;
        }

        @Override
        public int compareTo(Call<?> other) {
            return Long.compare(turn, other.turn);
        }

        @Override
        public void run() {
            begin(this);
            T result;
            try {
                Clients clients = take();
                try {
                    result = task.apply(clients);
                    idle.push(clients);
                } catch (RuntimeException | Error e) {
                    close(clients);
                    throw e;
                }
            } catch (RuntimeException e) {
                emitter.fail(e);
                return;
            } catch (Error e) {
                emitter.fail(e);
                throw e;
            }
            emitter.complete(result);
        }
    }

    private Clients take() {
        Clients clients = idle.poll();
        if (clients != null) {
            return clients;
        }
        String id = name + "-" + made.incrementAndGet();
        Consumer<byte[], byte[]> consumer = kafka.consumer(id, PIECES);
        try {
            return new Clients(consumer, kafka.admin(id));
        } catch (RuntimeException | Error e) {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
            throw e;
        }
    }

    /**
     * Closes without waiting for a broker, as an unreachable one may be why the call failed. An interrupt may be another reason: it is cleared
     * meanwhile, as it would leave the consumer open.
     */
    private static void close(Clients clients) {
        boolean interrupted = Thread.interrupted();
        try {
            clients.consumer().close(CloseOptions.timeout(Duration.ZERO));
        } catch (KafkaException e) {
            // the consumer releases what it can all the same
        } finally {
            clients.admin().close(Duration.ZERO);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    static ProblemException away() {
        return ProblemException.unavailable(
                ProblemType.LOG_UNAVAILABLE,
                "Kafka does not answer in time; what is in memory can still be read.",
                RETRY);
    }
}
