// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.streampane.tx");

    @Test
    void shouldKeepWhatIsPublishedFreeOfKafkaAndQuarkus() {
        noClasses()
                .that()
                .haveNameMatching(
                        ".*\\.(Timeline|ClientPopulation|Client|Journey|SpendingPattern|Transaction|Faults|TransactionWriter|Outgoing)")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", "io.quarkus..", "jakarta..")
                .check(CLASSES);
    }

    @Test
    void shouldUseOnlyItsOwnModule() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.streampane.iot..",
                        "dev.streampane.pipeline..",
                        "dev.streampane.results..",
                        "dev.streampane.local..")
                .check(CLASSES);
    }

    @Test
    void shouldWriteToTheConsoleOnlyAtTheStart() {
        noClasses()
                .that()
                .doNotHaveSimpleName("TransactionSimulator")
                .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                .check(CLASSES);
    }

    @Test
    void shouldUseConstructorInjectionAndModernTime() {
        fields().should().notBeAnnotatedWith(Inject.class).check(CLASSES);
        noClasses()
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(java.util.Date.class, java.util.Calendar.class)
                .check(CLASSES);
    }
}
