// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.Committer.CommitRequest;
import org.apache.flink.api.connector.sink2.mocks.MockCommitRequest;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.internal.FlinkKafkaInternalProducer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.throwable.ThrowableClassifier;
import org.apache.flink.runtime.throwable.ThrowableType;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class GuardedCommitterTest {

    private static final String RECOVERED = "weather-average-3-0-17";
    private static final String OTHER = "weather-average-3-1-17";
    private static final String WRITTEN = "weather-average-3-0-18";

    private final List<String> committed = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private final Set<String> done = new HashSet<>();
    private final Map<String, String> doubts = new HashMap<>();

    @Test
    void shouldNotCommitAgainWhatWasCommittedBefore() throws Exception {
        done.add(RECOVERED);
        var before = new FakeRequest(RECOVERED);
        var other = new FakeRequest(OTHER);
        var written = new FakeRequest(WRITTEN);

        commit(Map.of(RECOVERED, new ProducerFencedException("fenced")), before, other, written);

        assertThat(before.signals).containsExactly("already committed");
        assertThat(committed).containsExactly(OTHER, WRITTEN);
        assertThat(asked).containsExactly(RECOVERED, OTHER);
    }

    @Test
    void shouldTakeForgottenTransactionAsLostWhenItMayHaveBeenAborted() {
        doubts.put(RECOVERED, "long ago");

        assertThatThrownBy(() -> commit(
                        Map.of(RECOVERED, new InvalidPidMappingException("expired")), new FakeRequest(RECOVERED)))
                .isInstanceOf(SuppressRestartsException.class)
                .cause()
                .hasMessageContaining("[weather-average-3-0-17]")
                .hasMessageContaining("long ago");
    }

    @Test
    void shouldTakeForgottenTransactionAsLostWhenWrittenByThisRun() {
        var request = new FakeRequest(WRITTEN);

        assertThatThrownBy(() -> commit(Map.of(WRITTEN, new InvalidPidMappingException("gone")), request))
                .isInstanceOf(SuppressRestartsException.class);
    }

    @Test
    void shouldSeeForgottenTransactionBehindOtherExceptions() throws Exception {
        var request = new FakeRequest(RECOVERED);

        commit(Map.of(RECOVERED, new IllegalStateException(new InvalidPidMappingException("x"))), request);

        assertThat(request.signals).containsExactly("already committed");
    }

    @Test
    void shouldFailWithoutRestartWhenTransactionIsLost() {
        for (RuntimeException reason : List.of(
                new ProducerFencedException("fenced"),
                new InvalidTxnStateException("aborted"),
                new UnknownProducerIdException("unknown"))) {
            assertThatThrownBy(() -> commit(Map.of(RECOVERED, reason), new FakeRequest(RECOVERED)))
                    .matches(
                            thrown -> ThrowableClassifier.findThrowableOfThrowableType(
                                            thrown, ThrowableType.NonRecoverableError)
                                    .isPresent(),
                            "is not recoverable")
                    .cause()
                    .isInstanceOf(LostTransactionException.class)
                    .hasCause(reason)
                    .hasMessageContaining("[weather-average-3-0-17]")
                    .hasMessageContaining("job weather-average, generation 3")
                    .hasMessageContaining(reason.getMessage())
                    .hasMessageContaining("weather-average --generation 4 --start-from earliest");
        }
    }

    @Test
    void shouldCommitTheOthersBeforeItFails() {
        assertThatThrownBy(() -> commit(
                        Map.of(RECOVERED, new ProducerFencedException("fenced")),
                        new FakeRequest(RECOVERED),
                        new FakeRequest(OTHER)))
                .isInstanceOf(SuppressRestartsException.class);

        assertThat(committed).containsExactly(OTHER);
    }

    @Test
    void shouldTellTheLossWhenSomethingElseFailsToo() {
        assertThatThrownBy(() -> commit(
                        Map.of(
                                RECOVERED,
                                new ProducerFencedException("fenced"),
                                OTHER,
                                new IllegalArgumentException("strange")),
                        new FakeRequest(RECOVERED),
                        new FakeRequest(OTHER)))
                .isInstanceOf(SuppressRestartsException.class)
                .cause()
                .hasSuppressedException(new IllegalStateException("strange"));
    }

    @Test
    void shouldFailOverWhenTheReasonIsUnknown() {
        assertThatThrownBy(() ->
                        commit(Map.of(RECOVERED, new IllegalArgumentException("strange")), new FakeRequest(RECOVERED)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("strange");
    }

    @Test
    void shouldTryAgainLaterWhenBrokersAreAway() throws Exception {
        var request = new FakeRequest(RECOVERED);

        commit(Map.of(RECOVERED, new TimeoutException("away")), request);

        assertThat(request.signals).containsExactly("retry");
    }

    @Test
    void shouldCloseWhatItWraps() throws Exception {
        var wrapped = new FakeCommitter(Map.of());

        guarded(wrapped).close();

        assertThat(wrapped.closed).isTrue();
        assertThatCode(() -> commit(Map.of())).doesNotThrowAnyException();
    }

    private void commit(Map<String, RuntimeException> failures, FakeRequest... requests)
            throws IOException, InterruptedException {
        guarded(new FakeCommitter(failures)).commit(List.<CommitRequest<KafkaCommittable>>of(requests));
    }

    private GuardedCommitter guarded(Committer<KafkaCommittable> committer) {
        return new GuardedCommitter(
                committer,
                committable -> Optional.ofNullable(doubts.get(committable.getTransactionalId())),
                id -> Optional.empty(),
                own -> own + 1,
                promised -> {
                    promised.forEach(committable -> asked.add(committable.getTransactionalId()));
                    return promised.stream()
                            .filter(committable -> done.contains(committable.getTransactionalId()))
                            .collect(Collectors.toSet());
                },
                new Generation("weather-average", 3));
    }

    /** What a writer of this run has written has its producer; this one is closed. */
    private static FlinkKafkaInternalProducer<?, ?> producer() {
        var properties = new Properties();
        properties.putAll(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1",
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName(),
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName()));
        var producer = new FlinkKafkaInternalProducer<>(properties, WRITTEN);
        producer.close(Duration.ZERO);
        return producer;
    }

    /** Signals as the connector's committer does. */
    private final class FakeCommitter implements Committer<KafkaCommittable> {

        private final Map<String, RuntimeException> failures;
        private boolean closed;

        FakeCommitter(Map<String, RuntimeException> failures) {
            this.failures = failures;
        }

        @Override
        public void commit(java.util.Collection<CommitRequest<KafkaCommittable>> requests) {
            for (CommitRequest<KafkaCommittable> request : requests) {
                String id = request.getCommittable().getTransactionalId();
                RuntimeException failure = failures.get(id);
                if (failure == null) {
                    committed.add(id);
                } else if (failure instanceof TimeoutException) {
                    request.retryLater();
                } else if (failure instanceof ProducerFencedException
                        || failure instanceof InvalidTxnStateException
                        || failure instanceof UnknownProducerIdException) {
                    request.signalFailedWithKnownReason(failure);
                } else {
                    request.signalFailedWithUnknownReason(failure);
                }
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** Answers signals as Flink's request does. */
    private static final class FakeRequest extends MockCommitRequest<KafkaCommittable> {

        private final List<String> signals = new ArrayList<>();

        FakeRequest(String id) {
            super(new KafkaCommittable(17, (short) 0, id, id.equals(WRITTEN) ? producer() : null));
        }

        @Override
        public void signalFailedWithUnknownReason(Throwable t) {
            throw new IllegalStateException(t.getMessage(), t);
        }

        @Override
        public void retryLater() {
            signals.add("retry");
        }

        @Override
        public void signalAlreadyCommitted() {
            signals.add("already committed");
        }
    }
}
