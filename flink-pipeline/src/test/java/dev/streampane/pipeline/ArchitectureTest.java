// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Dependencies point one way: jobs -> elasticsearch -> kafka -> job -> intake -> decode, window -> contract. */
class ArchitectureTest {

    private static final String ROOT = PipelineClasses.ROOT;
    private static final JavaClasses CLASSES = PipelineClasses.ALL;

    private static String[] packages(String names) {
        return java.util.Arrays.stream(names.split(" "))
                .map(name -> ROOT + '.' + name + "..")
                .toArray(String[]::new);
    }

    /** But for {@code state}, which knows the types that it writes, and is known to those that keep them. */
    @Test
    void shouldHaveNoCycles() {
        slices().matching(ROOT + ".(*)..")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(resideInAPackage(ROOT + ".state"), alwaysTrue())
                .check(CLASSES);
    }

    private static final List<String> LAYERS =
            List.of("contract", "window", "decode", "intake", "job", "kafka", "elasticsearch");
    private static final List<String> JOBS =
            List.of("weather", "transactions", "fraud", "timeseries", "wordcount", "indexing");

    static Stream<Arguments> arrows() {
        List<Arguments> arrows = new ArrayList<>();
        for (String layer : LAYERS) {
            List<String> above = new ArrayList<>(LAYERS.subList(LAYERS.indexOf(layer) + 1, LAYERS.size()));
            above.addAll(JOBS);
            arrows.add(Arguments.of(layer, String.join(" ", above)));
        }
        for (String job : JOBS) {
            List<String> others = new ArrayList<>(JOBS);
            others.remove(job);
            arrows.add(Arguments.of(job, String.join(" ", others)));
        }
        return arrows.stream();
    }

    @ParameterizedTest
    @MethodSource("arrows")
    void shouldNotDependOn(String from, String to) {
        noClasses()
                .that()
                .resideInAPackage(packages(from)[0])
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages(to))
                .check(CLASSES);
    }

    /** But for {@code job}, which asks the brokers before anything starts. */
    @Test
    void shouldKnowKafkaInOnePackage() {
        noClasses()
                .that()
                .resideOutsideOfPackages(packages("kafka job"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", "org.apache.flink.connector.kafka..")
                .check(CLASSES);
    }

    @Test
    void shouldKnowElasticsearchInOnePackage() {
        noClasses()
                .that()
                .resideOutsideOfPackages(packages("elasticsearch"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.elasticsearch..")
                .check(CLASSES);
    }

    /** Bytes in, values out: the same answer wherever and whenever they are read. */
    @Test
    void shouldDecodeWithoutState() {
        noClasses()
                .that()
                .resideInAPackage(packages("decode")[0])
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages("contract window state"))
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.flink.api.common.state..",
                        "org.apache.flink.runtime..",
                        "org.apache.flink.streaming..")
                .check(CLASSES);
    }

    @Test
    void shouldUseNoOtherModuleButTheContracts() {
        classes()
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage("dev.streampane..")
                        .or(resideInAnyPackage(ROOT + "..", "dev.streampane.contract")))
                .check(CLASSES);
    }

    /** Sources and sinks are handed to a topology, so that a test runs it on what it likes. */
    @Test
    void shouldKeepTopologiesFreeOfRealIo() {
        noClasses()
                .that()
                .haveSimpleNameEndingWith("Topology")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + ".kafka..",
                        ROOT + ".elasticsearch..",
                        "org.apache.kafka..",
                        "org.apache.flink.connector.kafka..",
                        "org.elasticsearch..")
                .check(CLASSES);
    }

    /** But for what is asked for on the console. */
    @Test
    void shouldLogAndNotPrint() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".job..")
                .and()
                .haveNameNotMatching(".*\\.wordcount\\.ConsoleSink.*")
                .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                .check(CLASSES);
    }

    @Test
    void shouldUseJavaTime() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Date")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Calendar")
                .check(CLASSES);
    }
}
