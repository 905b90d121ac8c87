// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import dev.streampane.pipeline.decode.TransactionDecoder;
import dev.streampane.pipeline.intake.Counted;
import dev.streampane.pipeline.weather.DeviceReading;
import dev.streampane.pipeline.weather.ReadingDecoder;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that travels between operators is a POJO for Flink, or has a serializer of its own as all that lies in state; nothing needs Kryo. */
class SerializationTest {

    private static final String ROOT = PipelineClasses.ROOT + '.';

    /** Records that stay inside an operator's configuration or the client, or have a serializer of their own. */
    private static final Set<String> NEITHER_TRAVEL_NOR_ARE_STATE = Set.of(
            ROOT + "fraud.Earlier",
            ROOT + "fraud.Payment",
            ROOT + "fraud.Thresholds",
            ROOT + "fraud.Thresholds$SmallThenLarge",
            ROOT + "fraud.Thresholds$ManyTransactions",
            ROOT + "fraud.Thresholds$UnusualAmount",
            ROOT + "fraud.Thresholds$ImpossibleTravel",
            ROOT + "timeseries.TagTypes",
            ROOT + "timeseries.TimeSeriesDecoder",
            ROOT + "wordcount.ChangelogTargets",
            ROOT + "wordcount.TextSource$Datagen",
            ROOT + "wordcount.TextSource$Files",
            ROOT + "intake.IntakeSettings",
            ROOT + "intake.PartitionState",
            ROOT + "intake.PartitionState$SpecHorizon",
            ROOT + "intake.ReplayPlan",
            ROOT + "intake.ReplayPlan$PartitionRange",
            ROOT + "intake.ReplayPlan$Rules",
            ROOT + "window.JobLabel",
            ROOT + "window.PaneResults",
            ROOT + "window.ResultShape",
            ROOT + "window.ResultShape$Column",
            ROOT + "window.ResultShape$Metric",
            ROOT + "window.LastWord",
            ROOT + "window.Published",
            ROOT + "window.Firing",
            ROOT + "elasticsearch.ElasticsearchAccess",
            ROOT + "elasticsearch.ElasticsearchSink",
            ROOT + "elasticsearch.IndexRetention",
            ROOT + "kafka.KafkaSources$InputTopic");

    static Stream<Class<?>> pojos() {
        return PipelineClasses.ALL
                .that(resideInAnyPackage(
                        ROOT + "contract..",
                        ROOT + "decode..",
                        ROOT + "intake..",
                        ROOT + "window..",
                        ROOT + "weather..",
                        ROOT + "transactions..",
                        ROOT + "timeseries..",
                        ROOT + "fraud..",
                        ROOT + "indexing..",
                        ROOT + "wordcount..",
                        ROOT + "kafka..",
                        ROOT + "elasticsearch.."))
                .stream()
                .filter(found -> found.isRecord())
                .filter(found -> found.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(found -> found.getTypeParameters().isEmpty())
                .filter(found -> !NEITHER_TRAVEL_NOR_ARE_STATE.contains(found.getName()))
                .map(JavaClass::reflect);
    }

    @ParameterizedTest
    @MethodSource("pojos")
    void shouldBePojo(Class<?> pojo) {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(pojo);
    }

    @Test
    void shouldFindRecordsByItself() {
        assertThat(pojos().map(Class::getSimpleName))
                .contains(
                        "WindowResult",
                        "Fetched",
                        "Place",
                        "DeviceReading",
                        "Transaction",
                        "TimeSeriesRow",
                        "IndexRequest",
                        "ArchivedRow");
    }

    static Stream<TypeInformation<?>> genericRecords() {
        return Stream.of(
                new ReadingDecoder(ZoneOffset.UTC).type(),
                new TransactionDecoder(ZoneOffset.UTC).type(),
                Counted.type(TypeInformation.of(DeviceReading.class)));
    }

    @ParameterizedTest
    @MethodSource("genericRecords")
    void shouldBePojoAroundItsValue(TypeInformation<?> type) {
        // Given
        var config = new SerializerConfigImpl();
        config.setGenericTypes(false);

        // Then
        assertThat(type).isInstanceOf(PojoTypeInfo.class);
        assertThat(type.createSerializer(config)).isNotNull();
    }
}
