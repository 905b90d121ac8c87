// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.log;

import dev.streampane.results.problem.Problem;
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
 * A few threads that wait for work, each with a consumer and an admin client while it works. Callers take turns: whoever has many calls in line
 * waits behind those, and nobody else does.
 *
 * <p>Clients are made when they are needed, kept for the next call, and closed when a call failed: the next one begins with new
 * ones. A call whose caller has gone is not begun. After {@link #close} every call fails, also those that waited.
 */
final class ReaderPool {

    /** What a call works with. */
    record Clients(Consumer<byte[], byte[]> consumer, Admin admin) {}

    /**
     * A consumer reads one piece at a time: what the broker sends beyond it is thrown away, and it shall answer at once. With each piece the consumer
     * asks for the next one, too, and all that it asks the broker for afterwards waits behind that, at a partition's end for as long as a fetch waits.
     * What it asks about a partition that has gone is never answered: {@link LogReaders} asks the topic again.
     */
    private static final Map<String, Object> PIECES = Map.of(
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 256 << 10,
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 1,
            ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 4_000);

    private static final long NO_TURN = -1;

    private static final Duration RETRY = Duration.ofSeconds(5);

    /** Calls that wait for a thread; one more is refused, and so is one more than half of them of one caller. */
    static final int MAX_WAITING = 10_000;

    private final KafkaAccess kafka;
    private final String name;
    private final ThreadPoolExecutor threads;
    private final Deque<Clients> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger made = new AtomicInteger();

    /** How many calls of each caller are in line. */
    private final Map<String, Integer> lines = new HashMap<>();

    /** Of the call that was begun last. */
    private long turn;

    ReaderPool(KafkaAccess kafka, String name, int size) {
        this.kafka = kafka;
        this.name = name;
        this.threads = new ThreadPoolExecutor(
                size, size, 0, TimeUnit.SECONDS, new PriorityBlockingQueue<>(), new DefaultThreadFactory(name, true));
    }

    /** Does {@code task} on one of the threads when it is the caller's turn; a failure of Kafka is a 503. */
    <T> Uni<T> call(String caller, Function<Clients, T> task) {
        return Uni.createFrom()
                .<T>emitter(emitter -> {
                    long own = takeTurn(caller);
                    if (own == NO_TURN) {
                        emitter.fail(tooMany());
                        return;
                    }
                    Call<T> call = new Call<>(caller, own, task, emitter);
                    emitter.onTermination(() -> leave(call));
                    try {
                        threads.execute(call);
                    } catch (RejectedExecutionException e) {
                        emitter.fail(closing());
                    }
                })
                .onFailure(KafkaException.class)
                .transform(failure -> away());
    }

    /** The turn behind those of the caller's own calls; half of the line is for others. */
    private synchronized long takeTurn(String caller) {
        if (waiting() >= MAX_WAITING || lines.getOrDefault(caller, 0) >= MAX_WAITING / 2) {
            return NO_TURN;
        }
        return turn + lines.merge(caller, 1, Integer::sum);
    }

    private synchronized void begin(Call<?> call) {
        turn = Math.max(turn, call.turn);
        removeFromLine(call);
    }

    private synchronized void leave(Call<?> call) {
        if (threads.remove(call)) {
            removeFromLine(call);
        }
    }

    private void removeFromLine(Call<?> call) {
        lines.computeIfPresent(call.caller, (caller, calls) -> calls == 1 ? null : calls - 1);
    }

    /** Number of calls that wait for a thread. */
    int waiting() {
        return threads.getQueue().size();
    }

    /** Interrupts what is being read and closes all clients, within about five seconds. */
    void close() {
        threads.shutdownNow().forEach(waiting -> ((Call<?>) waiting).emitter.fail(closing()));
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

    /** Without waiting for a broker, which may be the reason; an interrupt, which may be another, would leave the consumer open. */
    private static void close(Clients clients) {
        boolean interrupted = Thread.interrupted();
        try {
            clients.consumer().close(CloseOptions.timeout(Duration.ZERO));
        } catch (KafkaException e) {
            // closed nevertheless, as far as it can be
        } finally {
            clients.admin().close(Duration.ZERO);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static KafkaException closing() {
        return new KafkaException("closing");
    }

    private static ProblemException tooMany() {
        return new ProblemException(Problem.unavailable(
                ProblemType.TOO_MANY_QUERIES,
                "As many reads of the log wait for their turn as may: " + MAX_WAITING,
                RETRY));
    }

    static ProblemException away() {
        return new ProblemException(Problem.unavailable(
                ProblemType.LOG_UNAVAILABLE,
                "Kafka does not answer in time; what is in memory can still be read.",
                RETRY));
    }
}
