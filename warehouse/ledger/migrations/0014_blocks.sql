-- What is set aside for benefits that apply themselves: nobody is granted them, so no grant holds their money.
alter table books add column blocks text not null default '[]';
