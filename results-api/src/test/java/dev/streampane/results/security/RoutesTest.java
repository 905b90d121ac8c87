// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import dev.streampane.results.MainClasses;
import io.vertx.ext.web.Router;
import jakarta.ws.rs.Path;
import org.junit.jupiter.api.Test;

/** Whoever answers asks who it is for. That there are no others than documented ones, OpenApiIT sees; what each tells whom, WhoReadsWhatIT. */
class RoutesTest {

    private static final JavaClasses CLASSES = MainClasses.ALL;

    @Test
    void shouldAskForAccessInEveryResource() {
        classes()
                .that()
                .areAnnotatedWith(Path.class)
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Access.class)
                .check(CLASSES);
    }

    @Test
    void shouldAskForAccessOnEveryRouteOfTheApi() {
        classes()
                .that()
                .haveSimpleNameEndingWith("Route")
                .and(resideOutsideOfPackage("..results.asyncapi.."))
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Access.class)
                .check(CLASSES);
        noClasses()
                .that()
                .haveSimpleNameNotEndingWith("Route")
                .and(not(belongToAnyOf(HttpRules.class, PageLogin.class)))
                .and(resideOutsideOfPackage("..results.problem.."))
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Router.class)
                .check(CLASSES);
    }
}
