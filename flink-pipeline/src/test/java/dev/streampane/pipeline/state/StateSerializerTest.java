// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.streampane.contract.AuditLine;
import dev.streampane.contract.WindowSpec;
import dev.streampane.contract.WindowSpecParser;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.decode.Transaction;
import dev.streampane.pipeline.fraud.Earlier;
import dev.streampane.pipeline.fraud.Payment;
import dev.streampane.pipeline.intake.PartitionState;
import dev.streampane.pipeline.intake.PartitionState.SpecHorizon;
import dev.streampane.pipeline.testing.Contents;
import dev.streampane.pipeline.window.FirstWindow;
import dev.streampane.pipeline.window.LastWord;
import dev.streampane.pipeline.window.OpenSession;
import dev.streampane.pipeline.window.Partial;
import dev.streampane.pipeline.window.Published;
import dev.streampane.pipeline.window.Texts;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is read is what was written, for any values that a type can hold. */
class StateSerializerTest {

    private static final WindowSpec SLIDING = WindowSpecParser.parse("sliding(10s,5s)");
    private static final WindowSpec TUMBLING = WindowSpecParser.parse("tumbling(10s)");

    static Stream<Arguments> serializers() {
        return Stream.of(
                serializer(new PartialSerializer(), StateSerializerTest::partial),
                serializer(new PublishedSerializer(), StateSerializerTest::published),
                serializer(
                        new LastWordSerializer(), any -> new LastWord(maybe(any, () -> published(any)), number(any))),
                serializer(new OpenSessionSerializer(), StateSerializerTest::session),
                serializer(
                        new EarlierSerializer(), any -> new Earlier(number(any), sum(any), number(any), number(any))),
                serializer(new PaymentSerializer(), StateSerializerTest::payment),
                serializer(new PartitionStateSerializer(), StateSerializerTest::partition),
                serializer(new OutputSerializer(), StateSerializerTest::output));
    }

    private static <T> Arguments serializer(StateSerializer<T> serializer, Function<Random, T> values) {
        return Arguments.of(serializer, values);
    }

    private static long number(Random any) {
        return switch (any.nextInt(5)) {
            case 0 -> Long.MIN_VALUE;
            case 1 -> Long.MAX_VALUE;
            case 2 -> 0;
            default -> any.nextLong();
        };
    }

    private static BigInteger sum(Random any) {
        return BigInteger.valueOf(number(any)).multiply(BigInteger.valueOf(number(any)));
    }

    private static String text(Random any) {
        return switch (any.nextInt(4)) {
            case 0 -> null;
            case 1 -> "";
            case 2 -> "k\u00e9y \u0000 \ud83d\ude00" + any.nextInt();
            default -> "\u20ac".repeat(any.nextInt(50) == 0 ? 30_000 : 3);
        };
    }

    private static Instant instant(Random any) {
        return switch (any.nextInt(4)) {
            case 0 -> null;
            case 1 -> Instant.MIN;
            case 2 -> Instant.MAX;
            default -> Instant.ofEpochMilli(any.nextLong());
        };
    }

    private static <E> E maybe(Random any, Supplier<E> value) {
        return any.nextInt(3) == 0 ? null : value.get();
    }

    private static <E> List<E> list(Random any, Supplier<E> value) {
        return Stream.generate(value).limit(any.nextInt(4)).toList();
    }

    private static Partial partial(Random any) {
        Partial partial = Partial.of(text(any));
        int metrics = any.nextInt(3);
        for (int records = any.nextInt(5); records > 0; records--) {
            long time = any.nextLong() >>> 20;
            long[] values = any.longs(metrics).toArray();
            partial.add(time, "topic" + any.nextInt(2), any.nextInt(30), number(any), values);
            partial.mark(
                    new FirstWindow(any.nextBoolean() ? SLIDING : TUMBLING),
                    time,
                    any.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE,
                    any.nextBoolean() ? time : Long.MIN_VALUE);
            if (any.nextInt(3) == 0) {
                partial.add(new Texts(1, "\u0000text", number(any), 1, number(any), 3));
            }
        }
        return partial;
    }

    private static Published published(Random any) {
        return new Published(any.nextInt(), any.nextInt());
    }

    private static Output output(Random any) {
        Output.Channel[] channels = Output.Channel.values();
        return new Output(
                channels[any.nextInt(channels.length)],
                maybe(any, () -> bytes(any)),
                maybe(any, () -> bytes(any)),
                any.nextBoolean() ? Map.of() : headers("k\u00e9y " + any.nextInt()));
    }

    /** Neither sorted nor in the order of their hashes. */
    private static Map<String, String> headers(String message) {
        var headers = new LinkedHashMap<String, String>();
        headers.put("topic", "t");
        headers.put("message", message);
        headers.put("row", "");
        return headers;
    }

    private static byte[] bytes(Random any) {
        byte[] bytes = new byte[any.nextInt(50)];
        any.nextBytes(bytes);
        return bytes;
    }

    private static OpenSession session(Random any) {
        var session = new OpenSession();
        session.start = number(any);
        session.end = number(any);
        session.pane = partial(any);
        session.pending = any.nextBoolean();
        session.previewAt = number(any);
        session.published = any.nextBoolean() ? null : new Published(any.nextInt(), any.nextInt());
        session.publishedComplete = any.nextBoolean();
        for (int gone = any.nextInt(3); gone > 0; gone--) {
            session.swallowed.add(new OpenSession.Swallowed(
                    number(any), number(any), new Published(any.nextInt(), any.nextInt()), any.nextBoolean()));
        }
        return session;
    }

    private static Payment payment(Random any) {
        return new Payment(
                text(any),
                number(any),
                text(any),
                any.nextInt(),
                number(any),
                number(any),
                text(any),
                maybe(any, () -> new Transaction.Place(any.nextInt(), any.nextInt())),
                number(any),
                sum(any),
                number(any));
    }

    private static PartitionState partition(Random any) {
        return new PartitionState(
                text(any),
                text(any),
                any.nextInt(),
                any.nextInt(),
                number(any),
                list(any, () -> new SpecHorizon(text(any), number(any))),
                number(any),
                number(any),
                maybe(any, () -> line(any)));
    }

    private static AuditLine line(Random any) {
        return new AuditLine(
                new AuditLine.Key(text(any), any.nextInt(), text(any), text(any), any.nextInt()),
                number(any),
                number(any),
                number(any),
                number(any),
                number(any),
                number(any),
                number(any),
                list(any, () -> new AuditLine.OffsetRange(number(any), number(any))),
                list(
                        any,
                        () -> new AuditLine.SpecCounts(
                                text(any),
                                number(any),
                                number(any),
                                Optional.ofNullable(instant(any)),
                                Optional.ofNullable(instant(any)),
                                list(any, () -> new AuditLine.WindowCount(instant(any), number(any))))),
                Optional.ofNullable(instant(any)),
                Optional.ofNullable(instant(any)),
                any.nextBoolean(),
                Optional.empty(),
                new AuditLine.Settings(
                        list(any, () -> text(any)), duration(any), duration(any), duration(any), text(any)));
    }

    private static Duration duration(Random any) {
        return Duration.ofMillis(any.nextInt());
    }

    private static byte[] written(StateSerializer<Object> serializer, Object value) throws Exception {
        var out = new DataOutputSerializer(16);
        serializer.serialize(value, out);
        return out.getCopyOfBuffer();
    }

    @ParameterizedTest
    @MethodSource("serializers")
    void shouldReadAndCopyWhatItWrote(StateSerializer<Object> serializer, Function<Random, Object> values)
            throws Exception {
        var any = new Random(7);
        for (int i = 0; i < 500; i++) {
            Object value = values.apply(any);
            byte[] written = written(serializer, value);
            var in = new DataInputDeserializer(written);

            Object contents = Contents.of(value);
            assertThat(Contents.of(serializer.deserialize(in))).isEqualTo(contents);
            assertThat(in.available()).isZero();
            assertThat(Contents.of(serializer.copy(value))).isEqualTo(contents);
            var copied = new DataOutputSerializer(16);
            serializer.copy(new DataInputDeserializer(written), copied);
            assertThat(copied.getCopyOfBuffer()).isEqualTo(written);
        }
    }

    @ParameterizedTest
    @MethodSource("serializers")
    void shouldFindItselfInWhatStateRemembers(StateSerializer<Object> serializer, Function<Random, Object> values) {
        var snapshot = serializer.snapshotConfiguration();

        assertThat(snapshot.getClass().getName())
                .isEqualTo(serializer.getClass().getName() + "$Snapshot");
        assertThat(snapshot.restoreSerializer()).isEqualTo(serializer).isNotSameAs(serializer);
        assertThat(serializer.duplicate()).isEqualTo(serializer).isNotSameAs(serializer);
        assertThat(snapshot.resolveSchemaCompatibility(serializer.snapshotConfiguration())
                        .isCompatibleAsIs())
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("serializers")
    void shouldShareNothingWithACopyOfWhatChanges(StateSerializer<Object> serializer, Function<Random, Object> values)
            throws Exception {
        Object value = values.apply(new Random(8));
        byte[] before = written(serializer, value);

        Object copy = serializer.copy(value);
        if (copy instanceof Partial partial) {
            partial.add(partial(new Random(9)));
        } else if (copy instanceof OpenSession session) {
            session.pane.add(partial(new Random(9)));
            session.swallowed.add(new OpenSession.Swallowed(0, 1, new Published(1, 1), true));
        } else {
            assertThat(serializer.isImmutableType()).isTrue();
        }

        assertThat(written(serializer, value)).isEqualTo(before);
    }

    @Test
    void shouldTestEverySerializer() {
        assertThat(serializers().map(arguments -> arguments.get()[0].getClass().getName()))
                .containsExactlyInAnyOrderElementsOf(new ClassFileImporter()
                        .importPackages(StateSerializer.class.getPackageName()).stream()
                                .filter(found -> found.isAssignableTo(StateSerializer.class))
                                .filter(found -> !found.getModifiers().contains(JavaModifier.ABSTRACT))
                                .map(JavaClass::getName)
                                .toList());
    }
}
