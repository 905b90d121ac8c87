// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import jakarta.inject.Inject;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter().importPath(Path.of("target", "classes"));

    @Test
    void shouldKeepWhatIsPublishedFreeOfKafkaAndQuarkus() {
        noClasses()
                .that()
                .haveNameMatching(".*\\.(ReadingGenerator|DeviceFleet|Device|Drift|DeviceReading|ReadingWriter)")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", "io.quarkus..", "jakarta..")
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
