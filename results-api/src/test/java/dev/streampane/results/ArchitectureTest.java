// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jakarta.inject.Inject;
import java.util.Arrays;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.streampane.results");

    @Test
    void shouldHaveNoCyclesBetweenPackages() {
        slices().matching("dev.streampane.results.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void shouldLetNothingDependOnHealthAndLogDependOnNoView() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..results.health..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("..results.health..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("..results.log..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "..results.live..",
                        "..results.query..",
                        "..results.tail..",
                        "..results.store..",
                        "..results.audit..")
                .check(CLASSES);
    }

    @ParameterizedTest
    @CsvSource({
        "problem, query live tail store audit health log security",
        "security, query live tail store audit health log",
        "tail, query live store audit health",
        "store, query live audit health",
        "live, query audit health",
        "audit, query live tail rejects health",
        "rejects, query live tail store explain health",
        "explain, live audit rejects health"
    })
    void shouldNotDependOn(String from, String to) {
        noClasses()
                .that()
                .resideInAPackage("..results." + from + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(Arrays.stream(to.split(" "))
                        .map(name -> "..results." + name + "..")
                        .toArray(String[]::new))
                .check(CLASSES);
    }

    @Test
    void shouldUseNoOtherModuleButTheContracts() {
        classes()
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage("dev.streampane..")
                        .or(resideInAnyPackage("dev.streampane.results..", "dev.streampane.contract")))
                .check(CLASSES);
    }

    @Test
    void shouldNotWriteToTheConsole() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CLASSES.that(not(equivalentTo(ResultsMain.class))));
    }

    @Test
    void shouldNotUseOldDates() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Date")
                .check(CLASSES);
    }

    @Test
    void shouldInjectByConstructor() {
        noFields()
                .should()
                .beAnnotatedWith(Inject.class)
                .orShould()
                .beAnnotatedWith(ConfigProperty.class)
                .check(CLASSES);
    }
}
