// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import jakarta.inject.Inject;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** How each module of the simulators is built. */
public abstract class ArchitectureContract {

    protected static final JavaClasses CLASSES = new ClassFileImporter().importPath(Path.of("target", "classes"));

    private final String published;

    /**
     * @param published pattern of the classes that make what is published
     */
    protected ArchitectureContract(String published) {
        this.published = published;
    }

    @Test
    void shouldKeepWhatIsPublishedFreeOfKafkaAndQuarkus() {
        noClasses()
                .that()
                .haveNameMatching(published)
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
