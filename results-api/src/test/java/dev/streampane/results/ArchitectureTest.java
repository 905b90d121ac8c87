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
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchitectureTest {

    private static final String ROOT = MainClasses.ROOT;
    private static final JavaClasses CLASSES = MainClasses.ALL;

    @Test
    void shouldHaveNoCyclesBetweenPackages() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    /** Each package, and those of this module that it may know beside the configuration. */
    @ParameterizedTest
    @CsvSource({
        "problem,",
        "security, problem",
        "log, problem",
        "tail, log",
        "store, problem security log tail",
        "audit, problem security log",
        "rejects, problem security log audit",
        "paging, problem security log store tail",
        "consistency, problem security log store tail audit",
        "alerts, problem security log store tail paging consistency",
        "jobs, problem security store tail audit paging consistency",
        "windows, problem security log store tail paging consistency jobs",
        "aggregates, problem security log store tail paging consistency jobs windows",
        "explain, problem security log store tail paging consistency windows",
        "live, problem security log store tail",
        "health, audit live store tail log",
        "asyncapi, problem",
        "openapi, problem security audit rejects alerts jobs windows aggregates explain live"
    })
    void shouldKnowOnly(String name, String known) {
        Stream<String> others = known == null ? Stream.of() : Arrays.stream(known.split(" "));
        classes()
                .that()
                .resideInAPackage(ROOT + '.' + name)
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage(ROOT + "..")
                        .or(resideInAnyPackage(
                                Stream.concat(Stream.of("", '.' + name), others.map(other -> '.' + other))
                                        .map(ROOT::concat)
                                        .toArray(String[]::new))))
                .check(CLASSES);
    }

    @Test
    void shouldSayOfEachPackageWhatItMayKnow() throws NoSuchMethodException {
        Set<String> told = Arrays.stream(getClass()
                        .getDeclaredMethod("shouldKnowOnly", String.class, String.class)
                        .getAnnotation(CsvSource.class)
                        .value())
                .map(row -> row.substring(0, row.indexOf(',')))
                .collect(Collectors.toSet());
        assertThat(CLASSES.stream()
                        .map(JavaClass::getPackageName)
                        .filter(name -> !name.equals(ROOT))
                        .map(name -> name.substring(ROOT.length() + 1)))
                .isSubsetOf(told);
    }

    @Test
    void shouldUseNoOtherModuleButTheContracts() {
        classes()
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage("dev.streampane..")
                        .or(resideInAnyPackage(ROOT + "..", "dev.streampane.contract")))
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
